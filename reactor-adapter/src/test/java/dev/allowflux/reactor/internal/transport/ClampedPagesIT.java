package dev.allowflux.reactor.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that serves fewer policies a page than it says, over raw sockets. */
@Timeout(240)
class ClampedPagesIT {

  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final int POLICIES = 130;
  private static final int CLAMP = 25;
  private static final Pattern PAGE = Pattern.compile("[?&]page=(\\d+)");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final AtomicInteger requests = new AtomicInteger();

  /** Serves 25 policies a page and echoes a page of 1000. */
  private void clamped(String path, RawServer.Out out) throws IOException {
    requests.incrementAndGet();
    int page = page(path);
    serve(page, 1000, CLAMP * (page - 1), Math.min(POLICIES, CLAMP * page), out);
  }

  private static int page(String path) {
    Matcher page = PAGE.matcher(path);
    assertThat(page.find()).as(path).isTrue();
    return Integer.parseInt(page.group(1));
  }

  private static void serve(int page, int perPage, int from, int to, RawServer.Out out)
      throws IOException {
    String policies =
        IntStream.range(from, Math.max(from, to))
            .mapToObj(
                i ->
                    String.format(
                        "{\"id\":\"p%d\",\"created_at\":\"2026-01-01T00:%02d:%02dZ\"}",
                        i, i / 60, i % 60))
            .collect(Collectors.joining(","));
    out.write(
        RawServer.response(
            200,
            "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":["
                + policies
                + "],\"result_info\":{\"page\":"
                + page
                + ",\"per_page\":"
                + perPage
                + ",\"total_count\":"
                + POLICIES
                + "}}"));
  }

  private static AllowPolicyClient client(RawServer server, int readAhead) {
    return client(server, readAhead, 1000);
  }

  private static AllowPolicyClient client(RawServer server, int readAhead, int pageSize) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken("token"))
            .baseUrl(server.baseUrl())
            .rateLimiter(ApiQuota.unlimited())
            .readAhead(readAhead)
            .pageSize(pageSize)
            .retries(retries -> retries.maxAttempts(1))
            .build());
  }

  private static List<String> ids(List<AllowPolicy> policies) {
    return policies.stream().map(policy -> policy.id().value()).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void aListingComesWhole(int readAhead) throws Exception {
    try (RawServer server = RawServer.start(this::clamped)) {
      AllowPolicyClient client = client(server, readAhead);
      assertThat(ids(client.list(ACCOUNT).collectList().block(PATIENCE)))
          .isEqualTo(IntStream.range(0, POLICIES).mapToObj(i -> "p" + i).toList());
      assertThat(requests).hasValue(6);
      Page last = client.pages(ACCOUNT, AllowPolicyFilter.all()).blockLast(PATIENCE);
      assertThat(last.report().endVerified()).isTrue();
      assertThat(last.report().drift()).isFalse();
      client.close();
    }
  }

  @Test
  void aCompleteTraversalComesWholeWhateverSizeTheServiceReports() throws Exception {
    try (RawServer server = RawServer.start(this::clamped)) {
      AllowPolicyClient client = client(server, 1);
      assertThat(traverse(client)).hasSize(POLICIES).doesNotHaveDuplicates();
      client.close();
    }
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              int page = page(path);
              serve(page, CLAMP, CLAMP * (page - 1), Math.min(POLICIES, CLAMP * page), out);
            })) {
      AllowPolicyClient client = client(server, 1, CLAMP);
      assertThat(traverse(client)).hasSize(POLICIES).doesNotHaveDuplicates();
      client.close();
    }
  }

  private static List<String> traverse(AllowPolicyClient client) {
    return client
        .traverse(ACCOUNT, AllowPolicyFilter.all(), Traversal.COMPLETE)
        .concatMapIterable(Page::policies)
        .map(policy -> policy.id().value())
        .collectList()
        .block(PATIENCE);
  }

  @Test
  void withAFilterTheReportSaysThatTheEndIsNotVerified() throws Exception {
    try (RawServer server = RawServer.start(this::clamped)) {
      AllowPolicyClient client = client(server, 1);
      AllowPolicyFilter filter =
          AllowPolicyFilter.builder().patternType(PatternType.DOMAIN).build();
      Page last = client.pages(ACCOUNT, filter).blockLast(PATIENCE);
      assertThat(last.policies()).hasSize(CLAMP);
      assertThat(last.report().endVerified()).isFalse();
      client.close();
    }
  }

  @Test
  void aPageThatLostSomeIsNoPageOfAClampingService() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              int page = page(path);
              int from = CLAMP * (page - 1);
              serve(page, 1000, from, Math.min(POLICIES, from + CLAMP) - (page == 3 ? 1 : 0), out);
            })) {
      AllowPolicyClient client = client(server, 1);
      assertThatThrownBy(() -> client.list(ACCOUNT).collectList().block(PATIENCE))
          .isInstanceOf(Malformed.class)
          .hasMessageContaining("page 3 came short with 24 policies, but page 4 has policies");
      client.close();
    }
  }
}

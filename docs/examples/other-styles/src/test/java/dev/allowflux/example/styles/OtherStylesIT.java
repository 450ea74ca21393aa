package dev.allowflux.example.styles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.junit.AllowfluxSimulator;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.reactor.ReactorFlowKt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The samples run, and docs/other-styles.md has them word for word. */
@Timeout(240)
@AllowfluxSimulator(policies = 2500)
class OtherStylesIT {

  @Test
  void mutinyListsAndGets(AllowPolicyClient client, AccountId account, ApiSimulator api) {
    WithMutiny mutiny = new WithMutiny(client);
    assertThat(mutiny.list(account).collect().asList().await().indefinitely()).hasSize(2500);
    PolicyId id = new PolicyId(api.policyIds().get(0));
    assertThat(mutiny.get(account, id).await().indefinitely().id()).isEqualTo(id);
  }

  @Test
  void rxJavaListsAndGetsAndReadsNoFurtherThanItIsAskedFor(
      AllowPolicyClient client, AccountId account, ApiSimulator api) {
    WithRxJava rxJava = new WithRxJava(client);
    assertThat(rxJava.list(account).take(10).toList().blockingGet()).hasSize(10);
    assertThat(api.requestCount()).isEqualTo(1);
    PolicyId id = new PolicyId(api.policyIds().get(0));
    assertThat(rxJava.get(account, id).blockingGet().id()).isEqualTo(id);
  }

  @Test
  void threadsListAndGet(AllowPolicyClient client, AccountId account, ApiSimulator api)
      throws Exception {
    ExecutorService executor = Executors.newCachedThreadPool();
    try {
      WithThreads threads = new WithThreads(client, executor);
      assertThat(threads.trusted(account)).isNotEmpty();
      PolicyId id = new PolicyId(api.policyIds().get(0));
      assertThat(threads.get(account, id).id()).isEqualTo(id);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void coroutinesListAndGet(AllowPolicyClient client, AccountId account, ApiSimulator api)
      throws Exception {
    WithCoroutines coroutines = new WithCoroutines(client);
    assertThat(ReactorFlowKt.asFlux(coroutines.trusted(account)).collectList().block())
        .isNotEmpty()
        .allMatch(policy -> Boolean.TRUE.equals(policy.isTrustedSender()));
    PolicyId id = new PolicyId(api.policyIds().get(0));
    Object policy =
        BuildersKt.runBlocking(
            Dispatchers.getDefault(),
            (scope, continuation) -> coroutines.get(account, id, continuation));
    assertThat(policy)
        .isInstanceOfSatisfying(AllowPolicy.class, p -> assertThat(p.id()).isEqualTo(id));
  }

  @Test
  void everySampleOfTheDocumentIsCompiledHere() throws IOException {
    String sources;
    try (Stream<Path> files = Files.walk(Path.of("src", "main"))) {
      sources =
          files.filter(Files::isRegularFile).map(OtherStylesIT::text).collect(Collectors.joining());
    }
    List<String> samples =
        Pattern.compile("```(?:java|kotlin)\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "..", "other-styles.md")))
            .results()
            .map(sample -> bare(sample.group(1)))
            .toList();
    assertThat(samples).hasSize(4).allSatisfy(sample -> assertThat(sources).contains(sample));
  }

  private static String text(Path file) {
    try {
      return bare(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the indentation, which differs within a class. */
  private static String bare(String text) {
    return text.replaceAll("(?m)^ +", "");
  }
}

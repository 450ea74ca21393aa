package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Complete traversals of a list whose pages are cut at random moments within the latency. */
@Timeout(600)
class RandomMomentIT {

  @ParameterizedTest
  @ValueSource(longs = {0, 5, 50})
  void eightPagesInFlightMissNothing(long changesPerSecond) {
    for (int i = 0; i < Soak.count(2, 50); i++) {
      long seed = System.nanoTime();
      try (RandomMomentServer api = new RandomMomentServer(seed, 12_000, changesPerSecond);
          AllowPolicyClient client =
              AllowPolicyClient.create(
                  ClientSettings.builder(Credential.apiToken("token"))
                      .baseUrl(api.baseUrl())
                      .rateLimiter(ApiQuota.unlimited())
                      .pageSize(60)
                      .readAhead(8)
                      .build())) {
        Set<String> stayed = api.ids();
        List<Page> pages =
            client
                .traverse(new AccountId("account"), AllowPolicyFilter.all(), Traversal.COMPLETE)
                .collectList()
                .block(Duration.ofMinutes(2));
        assertThat(pages).isNotNull();
        Set<String> seen = new HashSet<>();
        long twice = 0;
        for (Page page : pages) {
          twice +=
              page.policies().stream().filter(policy -> !seen.add(policy.id().value())).count();
        }
        stayed.removeAll(api.gone());
        stayed.removeAll(seen);
        TraversalReport report = pages.get(pages.size() - 1).report();
        System.out.printf(
            "traversal of random moments: %d changes a second: missed %d, twice %d, %s%n",
            changesPerSecond, stayed.size(), twice, report);
        assertThat(stayed).as("seed " + seed).isEmpty();
        assertThat(twice).as("seed " + seed).isZero();
        assertThat(report.complete()).as("seed " + seed).isTrue();
        assertThat(report.fences() > 0 || changesPerSecond > 0).as("seed " + seed).isTrue();
      }
    }
  }
}

package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.json.RandomPolicies;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Allocation is exact even where time is not, so a build can hold it. */
class GarbageTest {
  private static final int MAX_BYTES = 400_000;

  @Test
  void aPageOfAThousandPoliciesCostsLittleMoreThanItself() {
    ApiResponse response = Answers.of(200, page().getBytes(UTF_8));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 300; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      PageBody page = ResponseReader.PAGE.read(RandomPolicies.LIST, response).value();
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
      assertThat(page.policies()).hasSize(1000);
    }
    assertThat(least).isBetween(200_000L, (long) MAX_BYTES);
  }

  /** As the service fills it today: every live field, one of the two times of change. */
  private static String page() {
    StringBuilder page = new StringBuilder("{\"success\":true,\"errors\":[],\"messages\":[],");
    page.append("\"result\":[");
    for (int i = 0; i < 1000; i++) {
      page.append(i == 0 ? "" : ",")
          .append("{\"id\":\"0b54c7f2-6c1e-4c57-9c7e-%012d\",".formatted(i))
          .append("\"created_at\":\"2026-03-04T05:06:07.12345Z\",")
          .append("\"modified_at\":\"2026-05-06T07:08:09.12345Z\",")
          .append("\"pattern\":\"user%04d@partner.example\",".formatted(i))
          .append("\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,")
          .append("\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,")
          .append("\"verify_sender\":true,\"comments\":")
          .append(
              i % 5 < 2 ? "null}" : "\"asked for by the service desk in ticket %d\"}".formatted(i));
    }
    return page.append("],\"result_info\":{\"page\":1,\"per_page\":1000}}").toString();
  }
}

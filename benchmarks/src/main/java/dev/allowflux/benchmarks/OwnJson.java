package dev.allowflux.benchmarks;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.wire.ApiCalls;
import dev.allowflux.wire.ApiRequest;
import dev.allowflux.wire.ApiResponse;
import dev.allowflux.wire.ResponseHeaders;
import dev.allowflux.wire.ResponseReader;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The library's way from the bytes of an answer to policies, every check of the answer included.
 */
@State(Scope.Benchmark)
public class OwnJson {
  private final ApiRequest request =
      ApiCalls.list(new AccountId("benchmark"), AllowPolicyFilter.all(), 1, Endpoint.PER_PAGE);
  private final ResponseHeaders headers =
      ResponseHeaders.of(
          name -> name.equals("content-type") ? List.of("application/json") : List.of());

  List<AllowPolicy> read(byte[] body) {
    return ResponseReader.PAGE
        .read(request, new ApiResponse(200, headers, body, 0, body.length))
        .value()
        .policies();
  }
}

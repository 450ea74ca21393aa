package dev.allowflux.benchmarks.peer;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ApiResponse;
import dev.allowflux.internal.http.ResponseHeaders;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
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

  public List<AllowPolicy> read(byte[] body) {
    return ResponseReader.PAGE
        .read(request, new ApiResponse(200, headers, body, 0, body.length))
        .value()
        .policies();
  }
}

package dev.allowflux.benchmarks.peer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.allowflux.model.AllowPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page as a user of Jackson would model it. */
public record PageRecord(
    @JsonProperty("success") boolean success,
    @JsonProperty("errors") List<MessageRecord> errors,
    @JsonProperty("messages") List<MessageRecord> messages,
    @JsonProperty("result") List<PolicyRecord> result,
    @JsonProperty("result_info") PageNumbers numbers) {

  record MessageRecord(
      @JsonProperty("code") int code, @JsonProperty("message") @Nullable String message) {}

  record PageNumbers(
      @JsonProperty("count") int count,
      @JsonProperty("page") int page,
      @JsonProperty("per_page") int perPage,
      @JsonProperty("total_count") int totalCount) {}

  boolean isLast() {
    return (long) numbers.page * numbers.perPage >= numbers.totalCount;
  }

  public List<AllowPolicy> policies() {
    return result.stream().map(PolicyRecord::toPolicy).toList();
  }
}

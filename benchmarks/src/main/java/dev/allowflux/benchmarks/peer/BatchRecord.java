package dev.allowflux.benchmarks.peer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.allowflux.model.NewAllowPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a batch that creates policies, as a user of Jackson would model it. */
public record BatchRecord(
    @JsonProperty("deletes") List<Object> deletes,
    @JsonProperty("patches") List<Object> patches,
    @JsonProperty("puts") List<Object> puts,
    @JsonProperty("posts") List<Post> posts) {

  public static BatchRecord creating(List<NewAllowPolicy> policies) {
    return new BatchRecord(
        List.of(), List.of(), List.of(), policies.stream().map(Post::of).toList());
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Post(
      @JsonProperty("pattern") String pattern,
      @JsonProperty("pattern_type") String patternType,
      @JsonProperty("is_regex") boolean isRegex,
      @JsonProperty("is_trusted_sender") boolean isTrustedSender,
      @JsonProperty("is_acceptable_sender") boolean isAcceptableSender,
      @JsonProperty("is_exempt_recipient") boolean isExemptRecipient,
      @JsonProperty("verify_sender") boolean verifySender,
      @JsonProperty("comments") @Nullable String comments) {

    static Post of(NewAllowPolicy policy) {
      return new Post(
          policy.pattern(),
          policy.patternType().name(),
          policy.isRegex(),
          policy.isTrustedSender(),
          policy.isAcceptableSender(),
          policy.isExemptRecipient(),
          policy.verifySender(),
          policy.comments());
    }
  }
}

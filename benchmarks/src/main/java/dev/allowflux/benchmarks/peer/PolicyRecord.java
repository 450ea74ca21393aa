package dev.allowflux.benchmarks.peer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A policy as a user of Jackson would model it. Names are given one by one: a naming strategy would
 * make the same readers, and take the accessors that begin with "is" for something else.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyRecord(
    @JsonProperty("id") String id,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("modified_at") @Nullable Instant modifiedAt,
    @JsonProperty("last_modified") @Nullable Instant lastModified,
    @JsonProperty("pattern") @Nullable String pattern,
    @JsonProperty("pattern_type") @Nullable String patternType,
    @JsonProperty("is_regex") @Nullable Boolean isRegex,
    @JsonProperty("is_trusted_sender") @Nullable Boolean isTrustedSender,
    @JsonProperty("is_acceptable_sender") @Nullable Boolean isAcceptableSender,
    @JsonProperty("is_exempt_recipient") @Nullable Boolean isExemptRecipient,
    @JsonProperty("verify_sender") @Nullable Boolean verifySender,
    @JsonProperty("is_recipient") @Nullable Boolean isRecipient,
    @JsonProperty("is_sender") @Nullable Boolean isSender,
    @JsonProperty("is_spoof") @Nullable Boolean isSpoof,
    @JsonProperty("comments") @Nullable String comments) {

  @SuppressWarnings("deprecation")
  public static PolicyRecord of(AllowPolicy policy) {
    return new PolicyRecord(
        policy.id().value(),
        policy.createdAt(),
        policy.modifiedAt(),
        policy.lastModified(),
        policy.pattern(),
        policy.patternTypeName(),
        policy.isRegex(),
        policy.isTrustedSender(),
        policy.isAcceptableSender(),
        policy.isExemptRecipient(),
        policy.verifySender(),
        policy.isRecipient(),
        policy.isSender(),
        policy.isSpoof(),
        policy.comments());
  }

  @SuppressWarnings("deprecation")
  public AllowPolicy toPolicy() {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(createdAt)
        .modifiedAt(modifiedAt)
        .lastModified(lastModified)
        .pattern(pattern)
        .patternTypeName(patternType)
        .isRegex(isRegex)
        .isTrustedSender(isTrustedSender)
        .isAcceptableSender(isAcceptableSender)
        .isExemptRecipient(isExemptRecipient)
        .verifySender(verifySender)
        .isRecipient(isRecipient)
        .isSender(isSender)
        .isSpoof(isSpoof)
        .comments(comments)
        .build();
  }
}

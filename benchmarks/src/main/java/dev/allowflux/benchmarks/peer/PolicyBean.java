package dev.allowflux.benchmarks.peer;

import com.alibaba.fastjson2.annotation.JSONField;
import com.dslplatform.json.CompiledJson;
import com.dslplatform.json.JsonAttribute;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

/**
 * A policy with public fields: fastjson2 reads it faster than a record, and dsl-json knows no
 * records.
 */
@CompiledJson(onUnknown = CompiledJson.Behavior.IGNORE)
@NullUnmarked
public class PolicyBean {
  @JSONField(name = "id")
  @JsonAttribute(name = "id")
  public String id;

  @JSONField(name = "created_at")
  @JsonAttribute(name = "created_at")
  public Instant createdAt;

  @JSONField(name = "modified_at")
  @JsonAttribute(name = "modified_at")
  public Instant modifiedAt;

  @JSONField(name = "last_modified")
  @JsonAttribute(name = "last_modified")
  public Instant lastModified;

  @JSONField(name = "pattern")
  @JsonAttribute(name = "pattern")
  public String pattern;

  @JSONField(name = "pattern_type")
  @JsonAttribute(name = "pattern_type")
  public String patternType;

  @JSONField(name = "is_regex")
  @JsonAttribute(name = "is_regex")
  public Boolean isRegex;

  @JSONField(name = "is_trusted_sender")
  @JsonAttribute(name = "is_trusted_sender")
  public Boolean isTrustedSender;

  @JSONField(name = "is_acceptable_sender")
  @JsonAttribute(name = "is_acceptable_sender")
  public Boolean isAcceptableSender;

  @JSONField(name = "is_exempt_recipient")
  @JsonAttribute(name = "is_exempt_recipient")
  public Boolean isExemptRecipient;

  @JSONField(name = "verify_sender")
  @JsonAttribute(name = "verify_sender")
  public Boolean verifySender;

  @JSONField(name = "is_recipient")
  @JsonAttribute(name = "is_recipient")
  public Boolean isRecipient;

  @JSONField(name = "is_sender")
  @JsonAttribute(name = "is_sender")
  public Boolean isSender;

  @JSONField(name = "is_spoof")
  @JsonAttribute(name = "is_spoof")
  public Boolean isSpoof;

  @JSONField(name = "comments")
  @JsonAttribute(name = "comments")
  public String comments;

  @SuppressWarnings("deprecation")
  AllowPolicy toPolicy() {
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

package dev.allowflux.model;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an allow policy: the one table behind JSON, CSV, tables and options. The order is
 * that in which they are written.
 *
 * @since 0.1
 */
@SuppressWarnings({
  "deprecation",
  // The functions have no state and the lists never change.
  "ImmutableEnumChecker"
})
public enum PolicyField {
  /** The id that the service gave. */
  ID("id", Type.TEXT, Access.READ_ONLY, policy -> policy.id().value()),

  /** When the policy was created. */
  CREATED_AT("created_at", Type.TIME, Access.READ_ONLY, AllowPolicy::createdAt),

  /** When the policy was last changed. */
  MODIFIED_AT("modified_at", Type.TIME, Access.READ_ONLY, AllowPolicy::modifiedAt),

  /** The older name of {@link #MODIFIED_AT}. */
  LAST_MODIFIED("last_modified", Type.TIME, Access.READ_ONLY, AllowPolicy::lastModified),

  /** What messages are compared with. */
  PATTERN("pattern", Type.TEXT, Access.WRITABLE, AllowPolicy::pattern, "Values", "Value"),

  /** The kind of the pattern. */
  PATTERN_TYPE(
      "pattern_type",
      Type.TEXT,
      Access.WRITABLE,
      AllowPolicy::patternTypeName,
      "Pattern Type",
      "Rule Type"),

  /** Whether the pattern is a Java regular expression. */
  IS_REGEX("is_regex", Type.FLAG, Access.WRITABLE, AllowPolicy::isRegex, "Is Regex", "Regex"),

  /** Whether messages from a matching sender bypass all detections and link following. */
  IS_TRUSTED_SENDER(
      "is_trusted_sender",
      Type.FLAG,
      Access.WRITABLE,
      AllowPolicy::isTrustedSender,
      "Trusted Sender"),

  /** Whether messages from a matching sender are exempt from Spam, Spoof and Bulk. */
  IS_ACCEPTABLE_SENDER(
      "is_acceptable_sender",
      Type.FLAG,
      Access.WRITABLE,
      AllowPolicy::isAcceptableSender,
      "Acceptable Sender"),

  /** Whether messages to a matching recipient bypass all detections. */
  IS_EXEMPT_RECIPIENT(
      "is_exempt_recipient",
      Type.FLAG,
      Access.WRITABLE,
      AllowPolicy::isExemptRecipient,
      "Exempt Recipient"),

  /** Whether the policy is honoured only for messages that pass DMARC, SPF or DKIM. */
  VERIFY_SENDER(
      "verify_sender",
      Type.FLAG,
      Access.WRITABLE,
      AllowPolicy::verifySender,
      "Verify Email",
      "Verify Sender",
      "Sender Verification"),

  /** Deprecated by the service, like the two that follow; read only. */
  IS_RECIPIENT("is_recipient", Type.FLAG, Access.DEPRECATED, AllowPolicy::isRecipient),

  /** Deprecated by the service; read only. */
  IS_SENDER("is_sender", Type.FLAG, Access.DEPRECATED, AllowPolicy::isSender),

  /** Deprecated by the service; read only. */
  IS_SPOOF("is_spoof", Type.FLAG, Access.DEPRECATED, AllowPolicy::isSpoof),

  /** A note for people. */
  COMMENTS("comments", Type.TEXT, Access.WRITABLE, AllowPolicy::comments, "Notes"),

  /** Who answers for the policy, by its comments. */
  OWNER("owner", Type.TEXT, Access.TAG, policy -> tag(policy).owner().orElse(null)),

  /** The last day of the policy, by its comments. */
  EXPIRES("expires", Type.DAY, Access.TAG, policy -> tag(policy).expires().orElse(null)),

  /** The day on which somebody is to look at the policy, by its comments. */
  REVIEW("review", Type.DAY, Access.TAG, policy -> tag(policy).review().orElse(null));

  /**
   * What a field holds.
   *
   * @since 0.1
   */
  public enum Type {
    /** A {@link String}. */
    TEXT,

    /** A {@link Boolean}. */
    FLAG,

    /** An {@link java.time.Instant}. */
    TIME,

    /** A {@link java.time.LocalDate}. */
    DAY
  }

  /**
   * Who can set a field.
   *
   * @since 0.1
   */
  public enum Access {
    /** Callers set it. */
    WRITABLE,

    /** The service sets it. */
    READ_ONLY,

    /** The service still returns it, and nobody can set it any more. */
    DEPRECATED,

    /** Not a field of the API: callers set it in the comments ({@link PolicyTag}). */
    TAG
  }

  private static final List<PolicyField> OF_API =
      Arrays.stream(values()).filter(field -> field.access != Access.TAG).toList();

  private static final Map<String, PolicyField> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(PolicyField::apiName, f -> f));

  private final String apiName;
  private final Type type;
  private final Access access;
  private final Function<AllowPolicy, @Nullable Object> value;
  private final List<String> dashboardTitles;

  PolicyField(
      String apiName,
      Type type,
      Access access,
      Function<AllowPolicy, @Nullable Object> value,
      String... dashboardTitles) {
    this.apiName = apiName;
    this.type = type;
    this.access = access;
    this.value = value;
    this.dashboardTitles = List.of(dashboardTitles);
  }

  private static PolicyTag tag(AllowPolicy policy) {
    return PolicyTag.of(policy.comments());
  }

  /**
   * Returns the fields that the API has.
   *
   * @return all but those that stand in the comments, in order
   */
  public static List<PolicyField> ofApi() {
    return OF_API;
  }

  /**
   * Returns the field with a name of the API.
   *
   * @param apiName for instance {@code is_trusted_sender}, in this case
   * @return the field, or {@code null} if this version knows none of that name
   */
  public static @Nullable PolicyField ofApiName(String apiName) {
    PolicyField field = BY_NAME.get(apiName);
    return field == null || field.access == Access.TAG ? null : field;
  }

  /**
   * Returns the field with a name of the API or of a tag, as files have them.
   *
   * @param name for instance {@code is_trusted_sender} or {@code expires}, in this case
   * @return the field, or {@code null} if this version knows none of that name
   */
  public static @Nullable PolicyField ofName(String name) {
    return BY_NAME.get(name);
  }

  /**
   * Returns the name of the field, by the API where that has it, which is also its column in CSV.
   *
   * @return for instance {@code is_trusted_sender}
   */
  public String apiName() {
    return apiName;
  }

  /**
   * Returns what the field holds.
   *
   * @return the type of its values
   */
  public Type type() {
    return type;
  }

  /**
   * Returns who can set the field.
   *
   * @return whether it can be sent
   */
  public Access access() {
    return access;
  }

  /**
   * Returns the other titles that the column has in CSV files of the service's dashboard, past and
   * present.
   *
   * @return for instance {@code Trusted Sender}; empty for a field that those files do not have
   */
  public List<String> dashboardTitles() {
    return dashboardTitles;
  }

  /**
   * Returns the option of a command line that sets the field.
   *
   * @return for instance {@code --trusted-sender}
   */
  public String option() {
    String name = type == Type.FLAG ? apiName.replaceFirst("^is_", "") : apiName;
    return "--" + name.replace('_', '-');
  }

  /**
   * Returns the value of the field in a policy.
   *
   * @param policy the policy
   * @return a String, a Boolean, an Instant or a LocalDate, as {@link #type()} says, or {@code
   *     null} if the service did not say
   */
  public @Nullable Object of(AllowPolicy policy) {
    return value.apply(policy);
  }
}

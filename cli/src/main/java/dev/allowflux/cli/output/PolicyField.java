package dev.allowflux.cli.output;

import dev.allowflux.model.AllowPolicy;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The fields of a policy in the order in which they are written. */
public enum PolicyField {
  ID,
  CREATED_AT,
  MODIFIED_AT,
  LAST_MODIFIED,
  PATTERN,
  PATTERN_TYPE,
  IS_REGEX,
  IS_TRUSTED_SENDER,
  IS_ACCEPTABLE_SENDER,
  IS_EXEMPT_RECIPIENT,
  VERIFY_SENDER,
  IS_RECIPIENT,
  IS_SENDER,
  IS_SPOOF,
  COMMENTS;

  /** What people look at first; a table of all fields fits no terminal. */
  public static final List<PolicyField> SHORT =
      List.of(
          ID,
          PATTERN_TYPE,
          PATTERN,
          IS_REGEX,
          IS_TRUSTED_SENDER,
          IS_ACCEPTABLE_SENDER,
          IS_EXEMPT_RECIPIENT,
          VERIFY_SENDER,
          COMMENTS);

  public static final List<PolicyField> ALL = List.of(values());

  /** The API's own name. */
  final String apiName = name().toLowerCase(Locale.ROOT);

  /** The field's value, a String, an Instant or a Boolean, or null if the API did not say. */
  @SuppressWarnings("deprecation")
  @Nullable Object of(AllowPolicy policy) {
    return switch (this) {
      case ID -> policy.id().value();
      case CREATED_AT -> policy.createdAt();
      case MODIFIED_AT -> policy.modifiedAt();
      case LAST_MODIFIED -> policy.lastModified();
      case PATTERN -> policy.pattern();
      case PATTERN_TYPE -> policy.patternTypeName();
      case IS_REGEX -> policy.isRegex();
      case IS_TRUSTED_SENDER -> policy.isTrustedSender();
      case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender();
      case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient();
      case VERIFY_SENDER -> policy.verifySender();
      case IS_RECIPIENT -> policy.isRecipient();
      case IS_SENDER -> policy.isSender();
      case IS_SPOOF -> policy.isSpoof();
      case COMMENTS -> policy.comments();
    };
  }

  /** The API's name to a field. */
  public static final class Converter implements ITypeConverter<PolicyField> {
    @Override
    public PolicyField convert(String text) {
      for (PolicyField field : ALL) {
        if (field.apiName.equals(text)) {
          return field;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no field; there are " + String.join(", ", new Names()));
    }
  }

  /** The names, for help and completion. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(values()).map(field -> field.apiName).iterator();
    }
  }
}

package dev.allowflux.spring.boot;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Properties of allowflux that cannot be used. Spring Boot shows it as a failed start, without a
 * stack trace. Neither the message nor anything else holds the value of a property.
 *
 * @since 0.1
 */
public final class AllowfluxConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The property that is wrong. */
  private final String property;

  /** What to do about it. */
  private final String action;

  AllowfluxConfigurationException(String property, String reason, String action) {
    this(property, reason, action, null);
  }

  AllowfluxConfigurationException(
      String property, String reason, String action, @Nullable Throwable cause) {
    super(property + ": " + reason, cause);
    this.property = Objects.requireNonNull(property, "property");
    this.action = action;
  }

  /**
   * Returns what is wrong.
   *
   * @return the name of a property, or the prefix of several
   */
  public String property() {
    return property;
  }

  /**
   * Returns what to do.
   *
   * @return one sentence
   */
  public String action() {
    return action;
  }
}

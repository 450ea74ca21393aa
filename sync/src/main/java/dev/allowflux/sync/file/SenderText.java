package dev.allowflux.sync.file;

import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyKey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sender as other products write it, in what the service can express. */
final class SenderText {
  private static final Pattern V4_WILDCARD =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3}|\\*)\\.([0-9]{1,3}|\\*)\\.\\*");
  private static final String BELOW = "*.";

  private SenderText() {}

  /**
   * Returns a policy with pattern and kind.
   *
   * @throws IllegalArgumentException if the service cannot express the sender; the message says why
   */
  static NewAllowPolicy.Builder read(String text) {
    String sender = text.strip();
    if (sender.startsWith("*@*.") || sender.startsWith("@*.")) {
      return below(sender.substring(sender.indexOf('@') + 1 + BELOW.length()));
    }
    if (sender.startsWith("*@") || sender.startsWith("@")) {
      return plain(PatternType.DOMAIN, sender.substring(sender.indexOf('@') + 1));
    }
    if (sender.startsWith(BELOW)) {
      return below(sender.substring(BELOW.length()));
    }
    Matcher wildcard = V4_WILDCARD.matcher(sender);
    if (wildcard.matches()) {
      return network(sender, wildcard);
    }
    if (sender.indexOf('*') >= 0 || sender.indexOf('?') >= 0) {
      throw new IllegalArgumentException("a wildcard at this place cannot be expressed");
    }
    PatternType type = PatternCheck.typeOf(sender);
    if (type == null) {
      throw new IllegalArgumentException("it is no address, domain or network");
    }
    return plain(type, sender);
  }

  private static NewAllowPolicy.Builder plain(PatternType type, String pattern) {
    return NewAllowPolicy.builder()
        .patternType(type)
        .isRegex(false)
        .pattern(checked(type, pattern));
  }

  private static String checked(PatternType type, String pattern) {
    PatternCheck check = PatternCheck.of(type, false, pattern);
    if (check instanceof Refused refused) {
      throw new IllegalArgumentException(refused.reason());
    }
    return check instanceof Corrected corrected ? corrected.pattern() : pattern;
  }

  /** Everybody below a domain, but not at the domain itself. */
  private static NewAllowPolicy.Builder below(String domain) {
    // An expression stands for itself, so that no other spelling would match.
    String name =
        new PolicyKey(PatternType.DOMAIN, false, checked(PatternType.DOMAIN, domain)).pattern();
    return NewAllowPolicy.builder()
        .patternType(PatternType.EMAIL)
        .isRegex(true)
        .pattern("^[^@]+@([A-Za-z0-9-]+\\.)+" + name.replace(".", "\\.") + "$");
  }

  private static NewAllowPolicy.Builder network(String sender, Matcher wildcard) {
    boolean third = !wildcard.group(3).equals("*");
    boolean second = !wildcard.group(2).equals("*");
    if (third && !second) {
      throw new IllegalArgumentException("a wildcard at this place cannot be expressed");
    }
    int prefix = third ? 24 : second ? 16 : 8;
    return plain(PatternType.IP, sender.replace("*", "0") + "/" + prefix);
  }
}

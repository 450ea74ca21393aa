package dev.allowflux.query;

import dev.allowflux.model.PolicyField;
import dev.allowflux.query.SqlToken.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares flags with texts, as StackQL's users write it: {@code verify_sender = 'false'}. */
final class FlagTexts {
  private static final Set<String> FLAGS =
      Arrays.stream(PolicyField.values())
          .filter(field -> field.type() == PolicyField.Type.FLAG)
          .map(PolicyField::apiName)
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> COMPARISONS = Set.of("=", "<>", "!=");

  private FlagTexts() {}

  /** Returns the tokens with a key word in place of each text that is compared with a flag. */
  static List<SqlToken> asFlags(List<SqlToken> tokens) {
    List<SqlToken> changed = new ArrayList<>(tokens);
    for (int i = 2; i < changed.size(); i++) {
      SqlToken text = changed.get(i);
      SqlToken comparison = changed.get(i - 1);
      SqlToken column = changed.get(i - 2);
      if (text.kind() == Kind.TEXT
          && text.value().toLowerCase(Locale.ROOT).matches("true|false")
          && comparison.kind() == Kind.SYMBOL
          && COMPARISONS.contains(comparison.text())
          && column.isName()
          && FLAGS.contains(column.name())) {
        changed.set(
            i,
            new SqlToken(
                Kind.WORD, text.value().toUpperCase(Locale.ROOT), text.line(), text.column()));
      }
    }
    return List.copyOf(changed);
  }
}

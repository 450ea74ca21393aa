package dev.allowflux.query;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PatternType;
import dev.allowflux.query.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which policies a query depends on, as far as that is certain from its form: one SELECT from the
 * table alone, with conditions that are joined by AND. Whatever else a query has, it gets all
 * policies. A condition that is not understood only selects less.
 *
 * @param filter what every policy of the result passes
 * @param account the account that every policy of the result is in, or null
 * @param enough how many policies are enough
 */
record Selection(AllowPolicyFilter filter, @Nullable AccountId account, OptionalLong enough) {

  private static final Selection ALL =
      new Selection(AllowPolicyFilter.all(), null, OptionalLong.empty());

  /** More than one source of rows, or another order of evaluation. */
  private static final Set<String> COMBINING =
      Set.of(
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "MINUS",
          "JOIN",
          "WITH",
          "TABLE",
          "VALUES",
          "APPLY",
          "LATERAL",
          "UNNEST");

  private static final Set<String> ENDS =
      Set.of("GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FETCH");

  private static final List<String> TABLE =
      List.of("cloudflare", "email_security", "allow_policies");

  static Selection of(List<SqlToken> tokens) {
    if (!tokens.get(0).isWord("SELECT")
        || tokens.stream().filter(token -> token.isWord("SELECT")).count() != 1
        || tokens.stream().anyMatch(token -> isOf(COMBINING, token))) {
      return ALL;
    }
    int from = -1;
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += depthChange(tokens.get(i));
      if (depth == 0 && tokens.get(i).isWord("FROM")) {
        if (from >= 0) {
          return ALL;
        }
        from = i;
      }
    }
    int end = from < 0 ? -1 : tableEnd(tokens, from + 1);
    if (end < 0) {
      return ALL;
    }
    String alias = "allow_policies";
    int next = end < tokens.size() && tokens.get(end).isWord("AS") ? end + 1 : end;
    if (next < tokens.size() && isAlias(tokens.get(next))) {
      alias = tokens.get(next).name();
      end = next + 1;
    }
    if (end == tokens.size()) {
      return ALL;
    }
    if (tokens.get(end).isWord("WHERE")) {
      return ofConditions(tokens.subList(end + 1, tokens.size()), alias);
    }
    return new Selection(
        AllowPolicyFilter.all(),
        null,
        enough(tokens.subList(1, from), tokens.subList(end, tokens.size())));
  }

  private static int depthChange(SqlToken token) {
    if (token.isSymbol("(") || token.isSymbol("[")) {
      return 1;
    }
    return token.isSymbol(")") || token.isSymbol("]") ? -1 : 0;
  }

  private static boolean isOf(Set<String> words, SqlToken token) {
    return token.kind() == Kind.WORD && words.contains(token.text().toUpperCase(Locale.ROOT));
  }

  private static boolean isAlias(SqlToken token) {
    return token.isName() && !isOf(ENDS, token) && !token.isWord("WHERE");
  }

  /** Returns the index behind the name of the table, or -1 if another name stands there. */
  private static int tableEnd(List<SqlToken> tokens, int start) {
    List<String> names = new ArrayList<>();
    int i = start;
    while (i < tokens.size() && tokens.get(i).isName()) {
      names.add(tokens.get(i++).name());
      if (i == tokens.size() || !tokens.get(i).isSymbol(".")) {
        break;
      }
      i++;
    }
    int missing = TABLE.size() - names.size();
    return !names.isEmpty() && missing >= 0 && TABLE.subList(missing, TABLE.size()).equals(names)
        ? i
        : -1;
  }

  private static Selection ofConditions(List<SqlToken> rest, String alias) {
    List<List<SqlToken>> conditions = new ArrayList<>();
    List<SqlToken> condition = new ArrayList<>();
    int depth = 0;
    for (SqlToken token : rest) {
      depth += depthChange(token);
      if (depth == 0 && isOf(ENDS, token)) {
        break;
      }
      if (depth == 0 && isOf(Set.of("OR", "XOR", "BETWEEN", "CASE", "OVERLAPS"), token)) {
        return ALL;
      }
      if (depth == 0 && token.isWord("AND")) {
        conditions.add(condition);
        condition = new ArrayList<>();
      } else {
        condition.add(token);
      }
    }
    conditions.add(condition);
    AllowPolicyFilter.Builder filter = AllowPolicyFilter.builder();
    AccountId account = null;
    for (List<SqlToken> each : conditions) {
      List<SqlToken> plain = withoutAlias(each, alias);
      AccountId named = account(plain);
      account = account == null ? named : account;
      addFlag(plain, filter);
      addText(plain, filter);
    }
    return new Selection(filter.build(), account, OptionalLong.empty());
  }

  private static List<SqlToken> withoutAlias(List<SqlToken> condition, String alias) {
    int not = !condition.isEmpty() && condition.get(0).isWord("NOT") ? 1 : 0;
    if (condition.size() < not + 3
        || !condition.get(not).isName()
        || !condition.get(not).name().equals(alias)
        || !condition.get(not + 1).isSymbol(".")) {
      return condition;
    }
    List<SqlToken> plain = new ArrayList<>(condition.subList(0, not));
    plain.addAll(condition.subList(not + 2, condition.size()));
    return plain;
  }

  private static @Nullable AccountId account(List<SqlToken> condition) {
    return isEquality(condition, "account_id") && isAccount(condition.get(2).value())
        ? new AccountId(condition.get(2).value())
        : null;
  }

  private static boolean isAccount(String id) {
    return id.matches("[A-Za-z0-9_-]{1,64}");
  }

  /** {@code column = 'text'}. */
  private static boolean isEquality(List<SqlToken> condition, String column) {
    return condition.size() == 3
        && condition.get(0).isName()
        && condition.get(0).name().equals(column)
        && condition.get(1).isSymbol("=")
        && condition.get(2).kind() == Kind.TEXT;
  }

  private static void addText(List<SqlToken> condition, AllowPolicyFilter.Builder filter) {
    if (isEquality(condition, "pattern_type")) {
      String name = condition.get(2).value();
      for (PatternType type : PatternType.values()) {
        if (type != PatternType.UNRECOGNIZED && type.name().equals(name)) {
          filter.patternType(type);
        }
      }
    } else if (isEquality(condition, "pattern") && isPlain(condition.get(2).value())) {
      filter.pattern(condition.get(2).value());
    }
  }

  private static boolean isPlain(String text) {
    return !text.isBlank() && text.chars().noneMatch(c -> Character.isSurrogate((char) c));
  }

  /** {@code flag}, {@code NOT flag}, {@code flag = TRUE}, {@code flag IS FALSE}. */
  private static void addFlag(List<SqlToken> condition, AllowPolicyFilter.Builder filter) {
    int size = condition.size();
    boolean value;
    SqlToken column;
    if (size == 1) {
      column = condition.get(0);
      value = true;
    } else if (size == 2 && condition.get(0).isWord("NOT")) {
      column = condition.get(1);
      value = false;
    } else if (size == 3
        && (condition.get(1).isSymbol("=") || condition.get(1).isWord("IS"))
        && (condition.get(2).isWord("TRUE") || condition.get(2).isWord("FALSE"))) {
      column = condition.get(0);
      value = condition.get(2).isWord("TRUE");
    } else {
      return;
    }
    if (!column.isName()) {
      return;
    }
    switch (column.name()) {
      case "is_trusted_sender" -> filter.isTrustedSender(value);
      case "is_acceptable_sender" -> filter.isAcceptableSender(value);
      case "is_exempt_recipient" -> filter.isExemptRecipient(value);
      case "verify_sender" -> filter.verifySender(value);
      default -> {
        // The service has no filter for it.
      }
    }
  }

  /**
   * {@code LIMIT n}, with or without {@code OFFSET m}, behind columns that stand for themselves.
   */
  private static OptionalLong enough(List<SqlToken> columns, List<SqlToken> end) {
    boolean plain =
        columns.stream()
            .allMatch(
                token ->
                    (token.isName() && !token.isWord("DISTINCT") && !token.isWord("TOP"))
                        || token.isSymbol(",")
                        || token.isSymbol(".")
                        || token.isSymbol("*"));
    boolean offset = end.size() == 4 && end.get(2).isWord("OFFSET");
    if (!plain || !end.get(0).isWord("LIMIT") || (end.size() != 2 && !offset)) {
      return OptionalLong.empty();
    }
    long count = 0;
    for (int i = 1; i < end.size(); i += 2) {
      if (!end.get(i).text().matches("\\d{1,9}")) {
        return OptionalLong.empty();
      }
      count += Long.parseLong(end.get(i).text());
    }
    return OptionalLong.of(count);
  }
}

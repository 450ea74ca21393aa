package dev.allowflux.query;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query of the table {@code allow_policies}: one statement in SQL that only reads. Immutable.
 *
 * <p>The table has the name {@code cloudflare.email_security.allow_policies}, too, which is
 * StackQL's. Its columns are {@code account_id}, the fields of the API under their names, {@code
 * owner}, {@code expires} and {@code review} of the tag in the comments, and {@code
 * normal_pattern}, in which two spellings of a pattern are equal. Names are taken in any case.
 *
 * @since 0.1
 */
public final class PolicyQuery {
  private final String sql;
  private final Selection selection;

  private PolicyQuery(List<SqlToken> tokens) {
    sql = tokens.stream().map(SqlToken::text).collect(Collectors.joining(" "));
    selection = Selection.of(tokens);
  }

  /**
   * Checks a query. Nothing is run, so names that do not exist are found later.
   *
   * @param sql one statement, with comments if need be
   * @return the query
   * @throws InputException if the text is no query, is more than one statement, or does anything
   *     but read policies; the message says where and what to do
   */
  public static PolicyQuery of(String sql) {
    List<SqlToken> tokens = SqlLexer.tokens(sql);
    ReadOnlyCheck.check(tokens);
    return new PolicyQuery(FlagTexts.asFlags(tokens));
  }

  /**
   * Returns a filter that every policy passes on which the result depends, so that others need not
   * be fetched. It is empty unless that is certain; the query's own condition is evaluated anyway.
   *
   * @return the filter; without search term, order and direction
   */
  public AllowPolicyFilter filter() {
    return selection.filter();
  }

  /**
   * Returns the one account whose policies the result depends on.
   *
   * @return the account, or {@code null} if that is not certain
   */
  public @Nullable AccountId account() {
    return selection.account();
  }

  /**
   * Returns how many policies are enough for the whole result, whichever they are: a query with a
   * limit that neither selects nor sorts nor counts.
   *
   * @return the number, or nothing if all are needed
   */
  public OptionalLong enough() {
    return selection.enough();
  }

  /** Returns the statement that is run: written anew, without comments. */
  @Override
  public String toString() {
    return sql;
  }
}

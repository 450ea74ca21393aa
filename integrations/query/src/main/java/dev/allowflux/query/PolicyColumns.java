package dev.allowflux.query;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.plan.PolicyKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns of the table: the account, the fields of a policy, and its normal pattern. */
final class PolicyColumns {
  private static final List<PolicyField> FIELDS = List.of(PolicyField.values());

  /** The columns for the statement that makes the table. */
  static final String DEFINITIONS =
      FIELDS.stream()
          .map(field -> field.apiName() + " " + type(field))
          .collect(Collectors.joining(", ", "(account_id VARCHAR, ", ", normal_pattern VARCHAR)"));

  /** The values for the statement that adds a row, which {@link #set} sets. */
  static final String VALUES = " VALUES (?" + ", ?".repeat(FIELDS.size() + 1) + ")";

  private PolicyColumns() {}

  private static String type(PolicyField field) {
    return switch (field.type()) {
      case TEXT -> "VARCHAR";
      case FLAG -> "BOOLEAN";
      case TIME -> "TIMESTAMP(9) WITH TIME ZONE";
      case DAY -> "DATE";
    };
  }

  /** Sets the values of a row. */
  static void set(PreparedStatement row, @Nullable AccountId account, AllowPolicy policy)
      throws SQLException {
    row.setString(1, account == null ? null : account.value());
    int column = 2;
    for (PolicyField field : FIELDS) {
      Object value = field.of(policy);
      row.setObject(
          column++, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
    }
    PolicyKey key = PolicyKey.of(policy);
    row.setString(column, key == null ? null : key.pattern());
  }
}

package dev.allowflux.kafka.connect;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.time.Instant;
import java.util.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The records' keys, values and headers. The schemas are fixed: a field that the API gets later is
 * in {@code unknown_fields} until the version here is raised.
 */
final class PolicyRecords {

  static final String HEADER_ACCOUNT = "allowflux.account";
  static final String HEADER_TRAVERSAL = "allowflux.traversal";
  static final String HEADER_CF_RAY = "allowflux.cf-ray";
  static final String UNKNOWN_FIELDS = "unknown_fields";

  static final Schema KEY =
      SchemaBuilder.struct()
          .name("dev.allowflux.AllowPolicyKey")
          .version(1)
          .field("account", Schema.STRING_SCHEMA)
          .field("id", Schema.STRING_SCHEMA)
          .build();

  static final Schema VALUE = value();

  private PolicyRecords() {}

  private static Schema value() {
    SchemaBuilder schema = SchemaBuilder.struct().name("dev.allowflux.AllowPolicy").version(1);
    for (PolicyField field : PolicyField.ofApi()) {
      boolean required = field == PolicyField.ID || field == PolicyField.CREATED_AT;
      schema.field(
          field.apiName(),
          switch (field.type()) {
            case TEXT -> required ? Schema.STRING_SCHEMA : Schema.OPTIONAL_STRING_SCHEMA;
            case FLAG -> Schema.OPTIONAL_BOOLEAN_SCHEMA;
            case TIME -> required ? Timestamp.SCHEMA : Timestamp.builder().optional().build();
            case DAY -> throw new IllegalStateException("no field of the API is a day");
          });
    }
    return schema
        .field(
            UNKNOWN_FIELDS,
            SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA)
                .doc("fields that this version does not know, as JSON text")
                .build())
        .build();
  }

  static Struct key(AccountId account, String id) {
    return new Struct(KEY).put("account", account.value()).put("id", id);
  }

  // Connect's own type of a timestamp is a Date.
  @SuppressWarnings("JavaUtilDate")
  static Struct value(AllowPolicy policy) {
    Struct struct = new Struct(VALUE);
    for (PolicyField field : PolicyField.ofApi()) {
      Object value = field.of(policy);
      if (value != null) {
        struct.put(
            field.apiName(), value instanceof Instant time ? new Date(time.toEpochMilli()) : value);
      }
    }
    return struct.put(UNKNOWN_FIELDS, policy.unknownFields());
  }

  /** The headers that tell where a record is from. */
  static Headers headers(AccountId account, Instant traversal, @Nullable String cfRay) {
    ConnectHeaders headers = new ConnectHeaders();
    headers.addString(HEADER_ACCOUNT, account.value());
    headers.addString(HEADER_TRAVERSAL, traversal.toString());
    if (cfRay != null) {
      headers.addString(HEADER_CF_RAY, cfRay);
    }
    return headers;
  }
}

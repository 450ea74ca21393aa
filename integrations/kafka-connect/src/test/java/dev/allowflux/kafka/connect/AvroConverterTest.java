package dev.allowflux.kafka.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import io.apicurio.registry.utils.converter.AvroConverter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Keys and values as Avro, by Apicurio's converter with the registry's part of the conversation
 * played here: it keeps the schemas that the converter registers and gives them back.
 */
class AvroConverterTest {

  private final List<String> schemas = new CopyOnWriteArrayList<>();
  private HttpServer registry;

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", this::respond);
    registry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.stop(0);
  }

  /** Registers what is posted, once each, and gives it back by its number. */
  private void respond(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String path = exchange.getRequestURI().getPath();
    String response;
    if (exchange.getRequestMethod().equals("POST")) {
      if (!schemas.contains(body)) {
        schemas.add(body);
      }
      int id = schemas.indexOf(body) + 1;
      response =
          """
          {"groupId":"default","id":"schema-%1$d","version":"1","type":"AVRO","state":"ENABLED",\
          "globalId":%1$d,"contentId":%1$d,"createdOn":"2026-01-02T03:04:05+0000",\
          "modifiedOn":"2026-01-02T03:04:05+0000"}\
          """
              .formatted(id);
    } else {
      response =
          path.endsWith("/references")
              ? "[]"
              : schemas.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)) - 1);
    }
    byte[] bytes = response.getBytes(UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private AvroConverter<?> converter(boolean key) {
    AvroConverter<?> converter = new AvroConverter<>();
    converter.configure(
        Map.of(
            "apicurio.registry.url",
            "http://127.0.0.1:" + registry.getAddress().getPort() + "/apis/registry/v2",
            "apicurio.registry.auto-register",
            "true"),
        key);
    return converter;
  }

  /** Writes with one converter and reads with another one, which must ask the registry. */
  private SchemaAndValue throughAvro(boolean key, Schema schema, Struct value) {
    RecordHeaders headers = new RecordHeaders();
    byte[] bytes = converter(key).fromConnectData("policies", headers, schema, value);
    return converter(key).toConnectData("policies", headers, bytes);
  }

  private static AllowPolicy policy(String more) {
    return PolicyJson.readPolicy(
        ("{\"id\":\"p1\",\"created_at\":\"2026-01-02T03:04:05.678901Z\"" + more + "}")
            .getBytes(UTF_8));
  }

  @Test
  void keyIsReadBackAsItWasWritten() {
    Struct key = PolicyRecords.key(new AccountId("a1"), "p1");
    Struct back = (Struct) throughAvro(true, PolicyRecords.KEY, key).value();
    assertThat(back.schema().name()).isEqualTo(PolicyRecords.KEY.name());
    assertThat(back.getString("account")).isEqualTo("a1");
    assertThat(back.getString("id")).isEqualTo("p1");
  }

  @Test
  void valueIsReadBackAsItWasWritten() {
    for (String fields :
        List.of(
            "",
            ",\"last_modified\":\"2026-01-02T03:04:05Z\",\"pattern\":\"ä@b.example\","
                + "\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,"
                + "\"comments\":null,\"la-ter\":{\"x\":[1,2]},\"7\":null",
            ",\"pattern_type\":\"A_LATER_KIND\",\"is_regex\":null")) {
      Struct value = PolicyRecords.value(policy(fields));
      SchemaAndValue back = throughAvro(false, PolicyRecords.VALUE, value);
      assertThat(back.schema().name()).isEqualTo(PolicyRecords.VALUE.name());
      Struct struct = (Struct) back.value();
      for (var field : PolicyRecords.VALUE.fields()) {
        assertThat(struct.get(field.name())).as(field.name()).isEqualTo(value.get(field.name()));
      }
    }
    assertThat(schemas).hasSize(1);
  }

  /** The fields of Avro have the names of the API, and times are those of Avro. */
  @Test
  void schemaThatIsRegisteredIsAvro() {
    throughAvro(false, PolicyRecords.VALUE, PolicyRecords.value(policy("")));
    org.apache.avro.Schema schema =
        new org.apache.avro.Schema.Parser().parse(schemas.get(schemas.size() - 1));
    assertThat(schema.getFullName()).isEqualTo("dev.allowflux.AllowPolicy");
    assertThat(schema.getFields().stream().map(org.apache.avro.Schema.Field::name))
        .containsExactlyElementsOf(
            PolicyRecords.VALUE.fields().stream()
                .map(org.apache.kafka.connect.data.Field::name)
                .toList());
    assertThat(schema.getField("created_at").schema().getLogicalType())
        .isEqualTo(org.apache.avro.LogicalTypes.timestampMillis());
  }
}

package dev.allowflux.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowWriterTest {
  private static final List<String> COLUMNS = List.of("a,b", "n", "t", "d", "f", "x");

  private static final List<List<Object>> ROWS =
      List.of(
          Arrays.asList(
              "say \"hi\"\n",
              new BigDecimal("1E+3"),
              Instant.parse("2026-11-26T10:00:00Z"),
              LocalDate.parse("2027-03-31"),
              true,
              null));

  @Test
  void ndjsonKeepsTypes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = RowWriter.ndjson(COLUMNS);
    writer.write(ROWS, out);
    writer.write(List.of(Arrays.asList("ü", Double.NaN, 7L, null, false, 0.5)), out);
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            {"a,b":"say \\"hi\\"\\n","n":1E+3,"t":"2026-11-26T10:00:00Z","d":"2027-03-31","f":true,"x":null}
            {"a,b":"ü","n":"NaN","t":7,"d":null,"f":false,"x":0.5}
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1E+999999999", "-1E-999999999"})
  void aNumberThatWouldFillTheMemoryKeepsItsExponent(String number) throws IOException {
    List<List<Object>> row = List.of(List.of(new BigDecimal(number)));
    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    RowWriter.csv(List.of("n")).write(row, csv);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    RowWriter.ndjson(List.of("n")).write(row, json);

    assertThat(csv.toString(UTF_8)).isEqualTo("n\r\n" + number + "\r\n");
    assertThat(json.toString(UTF_8)).isEqualTo("{\"n\":" + number + "}\n");
  }

  @Test
  void csvQuotesWhatNeedsIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = RowWriter.csv(COLUMNS);
    writer.write(List.of(), out);
    writer.write(ROWS, out);
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "\"a,b\",n,t,d,f,x\r\n"
                + "\"say \"\"hi\"\"\n\",1000,2026-11-26T10:00:00Z,2027-03-31,true,\r\n");
  }
}

package dev.allowflux.benchmarks.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Jackson 2 with databind: what most programs on the JVM use. Better than most of them do: one
 * mapper for all calls and a reader and a writer made once for their type, as Jackson's own advice
 * on speed says, and a record, which spares the reflection on setters.
 */
@State(Scope.Benchmark)
public class Jackson2Json {
  private final JsonMapper mapper =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();
  private final ObjectReader pages = mapper.readerFor(PageRecord.class);
  private final ObjectWriter lines =
      mapper.writerFor(PolicyRecord.class).withRootValueSeparator("\n");
  private final ObjectWriter batches = mapper.writerFor(BatchRecord.class);
  private final JsonFactory tokens = mapper.getFactory();

  public PageRecord read(byte[] body) throws IOException {
    return pages.readValue(body);
  }

  public PageRecord read(InputStream body) throws IOException {
    return pages.readValue(body);
  }

  public void writeLines(List<PolicyRecord> policies, OutputStream out) throws IOException {
    try (SequenceWriter sequence = lines.writeValues(out)) {
      sequence.writeAll(policies);
    }
  }

  public byte[] writeBatch(BatchRecord batch) throws IOException {
    return batches.writeValueAsBytes(batch);
  }

  /** Looks at every token and makes nothing of them: the least that anything on Jackson must do. */
  public int countTokens(byte[] body) throws IOException {
    int count = 0;
    try (JsonParser parser = tokens.createParser(body)) {
      while (parser.nextToken() != null) {
        count++;
      }
    }
    return count;
  }
}

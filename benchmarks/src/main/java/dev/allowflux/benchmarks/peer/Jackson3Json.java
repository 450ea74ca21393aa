package dev.allowflux.benchmarks.peer;

import java.io.OutputStream;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SequenceWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jackson 3 with databind, the line that Spring 7 uses: its defaults read and write times as text
 * and pass unknown fields. One mapper, with a reader and a writer made once for their type.
 */
@State(Scope.Benchmark)
public class Jackson3Json {
  private final JsonMapper mapper = JsonMapper.builder().build();
  private final ObjectReader pages = mapper.readerFor(PageRecord.class);
  private final ObjectReader policies = mapper.readerFor(PolicyRecord.class);
  private final ObjectWriter lines =
      mapper.writerFor(PolicyRecord.class).withRootValueSeparator("\n");
  private final ObjectWriter batches = mapper.writerFor(BatchRecord.class);

  public PageRecord read(byte[] body) {
    return pages.readValue(body);
  }

  public PolicyRecord readLine(String line) {
    return policies.readValue(line);
  }

  public void writeLines(List<PolicyRecord> policies, OutputStream out) {
    try (SequenceWriter sequence = lines.writeValues(out)) {
      sequence.writeAll(policies);
    }
  }

  public byte[] writeBatch(BatchRecord batch) {
    return batches.writeValueAsBytes(batch);
  }
}

package dev.allowflux.benchmarks.peer;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.runtime.Settings;
import java.io.IOException;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * dsl-json with the readers that its annotation processor writes at compile time, its fastest mode,
 * and one parser that is used again, as its documentation advises.
 */
@State(Scope.Benchmark)
public class DslJsonReader {
  private static final byte[] NOTHING = {};

  private final DslJson<Object> json = new DslJson<>(Settings.basicSetup());
  private final JsonReader<Object> parser = json.newReader(NOTHING);

  public PageBean read(byte[] body) throws IOException {
    parser.process(body, body.length);
    PageBean page = parser.next(PageBean.class);
    if (page == null) {
      throw new IOException("the body is null");
    }
    return page;
  }
}

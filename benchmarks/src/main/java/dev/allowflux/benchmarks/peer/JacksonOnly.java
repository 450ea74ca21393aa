package dev.allowflux.benchmarks.peer;

import dev.allowflux.internal.json.JacksonResponseParser;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import java.util.List;

/** Reads a page as the library does when its fast reader hands over. */
public final class JacksonOnly {
  private JacksonOnly() {}

  /**
   * Reads the answer to list.
   *
   * @param body the whole body
   * @return its policies
   */
  public static List<AllowPolicy> read(byte[] body) {
    PageBody page = JacksonResponseParser.readPage(body, 0, body.length).result();
    if (page == null) {
      throw new IllegalStateException("a page without a result");
    }
    return page.policies();
  }
}

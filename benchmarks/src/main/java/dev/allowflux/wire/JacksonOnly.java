package dev.allowflux.wire;

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
    Envelope<List<AllowPolicy>> envelope =
        new AnswerReader(body, 0, body.length).readEnvelope(AnswerReader::policies);
    List<AllowPolicy> policies = envelope.result();
    if (policies == null) {
      throw new IllegalStateException("a page without a result");
    }
    return policies;
  }
}

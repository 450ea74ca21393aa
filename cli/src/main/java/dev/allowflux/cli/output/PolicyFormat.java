package dev.allowflux.cli.output;

import dev.allowflux.model.AllowPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Policies as text, page after page. */
public interface PolicyFormat {

  /** Writes a page, the first one with the head of the whole, if there is one. */
  void write(List<AllowPolicy> page, OutputStream out) throws IOException;
}

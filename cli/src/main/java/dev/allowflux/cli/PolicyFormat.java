package dev.allowflux.cli;

import dev.allowflux.model.AllowPolicy;
import java.util.List;

/** Policies as text, page after page. */
interface PolicyFormat {

  /** Appends a page, the first one with the head of the whole, if there is one. */
  void write(List<AllowPolicy> page, Bytes out);
}

package dev.allowflux.sync.file;

import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.internal.input.DamagedInputException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The policies of one input, in its form, one after another. */
interface PolicySource {

  /**
   * Returns the next policy, or null at the end. What cannot be used is reported and left out.
   *
   * @throws DamagedInputException if the input cannot be read on
   */
  @Nullable DesiredPolicy next() throws IOException;
}

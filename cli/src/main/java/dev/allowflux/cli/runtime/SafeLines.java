package dev.allowflux.cli.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.internal.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Makes text in UTF-8 safe to show, line by line. Each line goes out when it ends. */
public final class SafeLines extends OutputStream {
  private static final int LONGEST = 1 << 16;

  private final OutputStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  public SafeLines(OutputStream out) {
    this.out = out;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    if (b == '\n') {
      end();
    } else if (b != '\r') {
      line.write(b);
      if (line.size() == LONGEST) {
        end();
      }
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int count) throws IOException {
    for (int i = offset; i < offset + count; i++) {
      write(bytes[i]);
    }
  }

  private void end() throws IOException {
    String text = line.toString(UTF_8);
    line.reset();
    out.write((SafeText.line(text.replace("\t", "    ")) + "\n").getBytes(UTF_8));
  }
}

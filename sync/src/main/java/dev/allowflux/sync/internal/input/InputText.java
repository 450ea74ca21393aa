package dev.allowflux.sync.internal.input;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.Locale;

/**
 * The characters of an input, each with its place. The text is UTF-8, or UTF-16 if a byte order
 * mark says so; bytes that are neither end the reading where they stand.
 *
 * <p>Decoded here, since the JDK's reader fails up to a buffer ahead of the place that it was asked
 * for.
 */
public final class InputText extends Reader {
  private static final int BYTES = 1 << 16;

  private final InputStream in;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).flip();
  private final CharBuffer chars = CharBuffer.allocate(BYTES).flip();
  private CharsetDecoder decoder = decoder(UTF_8);

  /** A byte order mark is one only where the input begins. */
  private final boolean isWhole;

  private boolean begun;
  private boolean ended;
  private boolean malformed;

  private long line;
  private long column = 1;
  private int last = -1;

  public InputText(InputStream in) {
    this(in, 1);
  }

  /** Reads what is left of an input from the beginning of a line on, which is all of it from 1. */
  public InputText(InputStream in, long line) {
    this.in = in;
    this.line = line;
    isWhole = line == 1;
  }

  /** The place of the character that {@link #read()} returns next: its line, from 1. */
  public long line() {
    return line;
  }

  /** The place of the character that {@link #read()} returns next: its column in code points. */
  public long column() {
    return column;
  }

  /** Tells whether the last character was a line's end, or there was none. */
  public boolean isAtLineStart() {
    return last == -1 || last == '\n' || last == '\r';
  }

  /** Returns the next UTF-16 code unit, or -1 at the end. */
  @Override
  public int read() throws IOException {
    if (!chars.hasRemaining() && !fill()) {
      return -1;
    }
    char c = chars.get();
    move(c);
    return c;
  }

  /** Returns what {@link #read()} would return. */
  public int peek() throws IOException {
    return chars.hasRemaining() || fill() ? chars.get(chars.position()) : -1;
  }

  @Override
  public int read(char[] target, int offset, int count) throws IOException {
    if (!chars.hasRemaining() && !fill()) {
      return -1;
    }
    int read = Math.min(count, chars.remaining());
    chars.get(target, offset, read);
    for (int i = offset; i < offset + read; i++) {
      char c = target[i];
      // Nothing else is to be known of most characters.
      if (c > '\r' && c < Character.MIN_SURROGATE) {
        column++;
        last = c;
      } else {
        move(c);
      }
    }
    return read;
  }

  private void move(char c) {
    if (c == '\n' && last == '\r') {
      column = 1;
    } else if (c == '\n' || c == '\r') {
      line++;
      column = 1;
    } else if (!Character.isLowSurrogate(c)) {
      column++;
    }
    last = c;
  }

  /** Returns the text that comes next, without moving: some thousands of characters, or all. */
  public String lookAhead() throws IOException {
    if (!chars.hasRemaining()) {
      fill();
    }
    return chars.toString();
  }

  /** Decodes more; returns false at the end. */
  private boolean fill() throws IOException {
    if (malformed) {
      throw malformed();
    }
    chars.clear();
    while (chars.position() == 0 && !ended) {
      boolean atEnd = !load();
      CoderResult result = decoder.decode(bytes, chars, atEnd);
      if (result.isError()) {
        // What stands before it comes first, so that it has its place.
        malformed = true;
        break;
      }
      ended = atEnd;
    }
    chars.flip();
    if (malformed && !chars.hasRemaining()) {
      throw malformed();
    }
    return chars.hasRemaining();
  }

  /** Reads more bytes behind those that are left; returns false at the end. */
  private boolean load() throws IOException {
    bytes.compact();
    int at = bytes.position();
    int room = bytes.remaining();
    // At first as much as there is, even from a pipe: the mark and the header decide on the rest.
    int count = begun ? in.read(bytes.array(), at, room) : in.readNBytes(bytes.array(), at, room);
    bytes.position(at + Math.max(0, count)).flip();
    if (!begun) {
      begun = true;
      if (isWhole) {
        skipMark();
      }
    }
    return count > 0;
  }

  private void skipMark() {
    if (startsWith(0xEF, 0xBB, 0xBF)) {
      bytes.position(3);
    } else if (startsWith(0xFE, 0xFF)) {
      bytes.position(2);
      decoder = decoder(UTF_16BE);
    } else if (startsWith(0xFF, 0xFE)) {
      bytes.position(2);
      decoder = decoder(UTF_16LE);
    }
  }

  private boolean startsWith(int... mark) {
    if (bytes.remaining() < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes.get(i) & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private DamagedInputException malformed() {
    String found =
        bytes.hasRemaining()
            ? String.format(Locale.ROOT, " (byte %02X)", bytes.get(bytes.position()) & 0xff)
            : "";
    return new DamagedInputException(
        line,
        column,
        "this is not valid " + decoder.charset() + found + "; save the file as UTF-8");
  }

  private static CharsetDecoder decoder(Charset charset) {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Closes nothing: the input belongs to whoever opened it. */
  @Override
  public void close() {}
}

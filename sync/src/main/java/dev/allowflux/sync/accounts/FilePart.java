package dev.allowflux.sync.accounts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of an open file; several may be read at a time, since the file has no position here. */
final class FilePart extends InputStream {
  private final FileChannel file;
  private final long end;
  private long position;

  FilePart(FileChannel file, long start, long end) {
    this.file = file;
    this.position = start;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int most = (int) Math.min(length, end - position);
    int count = file.read(ByteBuffer.wrap(bytes, offset, most), position);
    if (count > 0) {
      position += count;
    }
    return count;
  }
}

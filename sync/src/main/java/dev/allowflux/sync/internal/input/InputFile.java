package dev.allowflux.sync.internal.input;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/** A file that is read, and what it was when that began. */
public final class InputFile implements Closeable {
  private final Path path;
  private final BasicFileAttributes before;
  private final FileChannel channel;

  private InputFile(Path path, BasicFileAttributes before, FileChannel channel) {
    this.path = path;
    this.before = before;
    this.channel = channel;
  }

  public static InputFile open(Path path) throws IOException {
    BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
    if (before.isDirectory()) {
      throw new FileSystemException(path.toString(), null, "is a folder");
    }
    return new InputFile(path, before, FileChannel.open(path, StandardOpenOption.READ));
  }

  /** The content. A channel is read without being asked for its position, which a pipe has not. */
  public InputStream stream() {
    return Channels.newInputStream(channel);
  }

  /** Tells whether the file is another one now; of a pipe nobody can tell. */
  public boolean hasChanged() throws IOException {
    if (!before.isRegularFile()) {
      return false;
    }
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return now.size() != before.size()
        || !now.lastModifiedTime().equals(before.lastModifiedTime())
        || !Objects.equals(now.fileKey(), before.fileKey());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

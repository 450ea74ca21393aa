package dev.allowflux.cli.runtime;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The database H2, in a jar of its own beside the program's, so that nothing but a query pays for
 * it, or on the class path.
 */
public final class DatabaseEngine {
  private static final String DRIVER = "org/h2/Driver.class";
  private static final String JAR = "h2.jar";

  private DatabaseEngine() {}

  /**
   * Returns the class loader that knows the database.
   *
   * @throws IOException if it is in neither place
   */
  public static ClassLoader classLoader() throws IOException {
    return classLoader(program(), DatabaseEngine.class.getClassLoader());
  }

  /** As for a program at this place, whatever its name, with this class path. */
  static ClassLoader classLoader(Path program, ClassLoader own) throws IOException {
    Path jar = program.resolveSibling(JAR);
    if (Files.isRegularFile(program) && Files.isRegularFile(jar)) {
      // It lives as long as the process.
      return new URLClassLoader(
          new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }
    if (own.getResource(DRIVER) == null) {
      throw new IOException(
          "a query needs the database H2, and " + jar + " is not there: unpack the whole archive");
    }
    return own;
  }

  private static Path program() throws IOException {
    try {
      return Path.of(
          DatabaseEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("the place of this program cannot be told", e);
    }
  }
}

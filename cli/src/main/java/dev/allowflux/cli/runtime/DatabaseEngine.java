package dev.allowflux.cli.runtime;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The database H2, in a jar of its own beside the program's, so that nothing but a query pays for
 * it. Where the program is no jar, it is on the class path.
 */
public final class DatabaseEngine {
  private static final String PROGRAM = "allowflux.jar";
  private static final String JAR = "h2.jar";

  private DatabaseEngine() {}

  /**
   * Returns the class loader that knows the database.
   *
   * @throws IOException if its jar is not there
   */
  public static ClassLoader classLoader() throws IOException {
    Path program = program();
    if (!program.toString().endsWith(PROGRAM)) {
      return DatabaseEngine.class.getClassLoader();
    }
    Path jar = program.resolveSibling(JAR);
    if (!Files.isRegularFile(jar)) {
      throw new IOException(
          "a query needs the database H2, and " + jar + " is not there: unpack the whole archive");
    }
    // It lives as long as the process.
    return new URLClassLoader(
        new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
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

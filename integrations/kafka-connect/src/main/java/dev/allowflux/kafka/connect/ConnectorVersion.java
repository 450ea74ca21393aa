package dev.allowflux.kafka.connect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the build wrote beside this class. */
final class ConnectorVersion {

  private static final String FILE = "version.properties";

  private ConnectorVersion() {}

  static String get() {
    Properties properties = new Properties();
    try (InputStream in = ConnectorVersion.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing beside the connector");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the connector's version cannot be read", e);
    }
    return properties.getProperty("version", "");
  }
}

package dev.allowflux.benchmarks.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The machine and the versions, without anything that would tell whose machine it is. */
public final class Environment {
  private Environment() {}

  public static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put("processor", processor());
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", memory());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put(
        "JDK",
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
    facts.put(
        "server",
        WorkerChannel.pinned().isEmpty() ? "own JVM, not pinned" : "own JVM, pinned to one core");
    Properties versions = versions();
    for (String name : new TreeSet<>(versions.stringPropertyNames())) {
      facts.put(name, versions.getProperty(name));
    }
    String node = Command.versionOf("node");
    if (node != null) {
      facts.put("Node.js", node);
    }
    return facts;
  }

  private static Properties versions() {
    Properties versions = new Properties();
    try (InputStream resource = Environment.class.getResourceAsStream("versions.properties")) {
      versions.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions;
  }

  private static String processor() {
    String model = valueIn(Path.of("/proc/cpuinfo"), "model name");
    return model == null ? System.getProperty("os.arch") : model;
  }

  private static String memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.round(system.getTotalMemorySize() / (double) (1L << 30)) + " GiB"
        : "unknown";
  }

  private static @Nullable String valueIn(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}

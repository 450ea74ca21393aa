package dev.allowflux.cli.runtime;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a process is started with.
 *
 * @param in standard input
 * @param out standard output, not buffered
 * @param err standard error
 * @param environment the variables
 * @param outIsTerminal whether a person reads {@code out}
 * @param errIsTerminal whether a person reads {@code err}
 */
public record ProcessIo(
    InputStream in,
    OutputStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean outIsTerminal,
    boolean errIsTerminal) {

  /**
   * Set by the launcher, which can ask the system as the JDK cannot: {@code out}, {@code err}, both
   * or empty. Without the launcher output is as for a pipe.
   */
  private static final String TERMINALS = "allowflux.terminals";

  public static ProcessIo ofProcess() {
    String terminals = System.getProperty(TERMINALS, "");
    return new ProcessIo(
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        System.getenv(),
        terminals.contains("out"),
        terminals.contains("err"));
  }

  /** A variable's value without white space around it, empty if it is not set. */
  public String variable(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /** Where temporary files go: {@code TMPDIR}, or else the JVM's folder for them. */
  public Path temporaryFolder() {
    String chosen = variable("TMPDIR");
    return Path.of(chosen.startsWith("/") ? chosen : System.getProperty("java.io.tmpdir", "."));
  }
}

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes manual pages and completions where systems look for them below {@code share} (that for zsh
 * is to be sourced). Run by the build with the one-jar command line, which prints them.
 */
final class WriteManual {
  private WriteManual() {}

  /** Argument: the folder, which is made. */
  public static void main(String[] args) throws IOException {
    Path share = Path.of(args[0]);
    Path pages = Files.createDirectories(share.resolve("man/man1"));
    write(pages.resolve("allowflux.1"), "manual");
    String overview = Files.readString(pages.resolve("allowflux.1"));
    for (String line : overview.replace("\\-", "-").lines().toList()) {
      if (line.matches(".*allowflux-[a-z]+\\(1\\).*")) {
        String name = line.replaceFirst(".*allowflux-([a-z]+)\\(1\\).*", "$1");
        write(pages.resolve("allowflux-" + name + ".1"), "manual", name);
      }
    }
    for (List<String> shell :
        List.of(
            List.of("bash", "bash-completion/completions/allowflux"),
            List.of("zsh", "zsh/allowflux.zsh"),
            List.of("fish", "fish/vendor_completions.d/allowflux.fish"))) {
      Path file = share.resolve(shell.get(1));
      Files.createDirectories(file.getParent());
      write(file, "completion", shell.get(0));
    }
  }

  private static void write(Path file, String... command) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ProcessIo io =
        new ProcessIo(
            new ByteArrayInputStream(new byte[0]), out, System.err, Map.of(), false, false);
    int exit = AllowFlux.run(io, command);
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
    Files.write(file, out.toByteArray());
  }
}

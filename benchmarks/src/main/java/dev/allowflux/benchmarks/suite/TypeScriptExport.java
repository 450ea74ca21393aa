package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** The export that uses the official client, which is never kept with the sources. */
final class TypeScriptExport {
  private TypeScriptExport() {}

  /**
   * Installs the official client when it is needed.
   *
   * @param root the project's directory
   * @param work where to install it
   * @return the script
   */
  static Path install(Path root, Path work) throws IOException {
    Files.createDirectories(work);
    for (String file : List.of("package.json", "export.mjs")) {
      Files.copy(
          root.resolve("benchmarks/typescript").resolve(file),
          work.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.isDirectory(work.resolve("node_modules/cloudflare"))) {
      new Command(
              List.of(
                  "npm",
                  "install",
                  "--prefix",
                  work.toString(),
                  "--no-audit",
                  "--no-fund",
                  "--no-package-lock"),
              Map.of())
          .run();
    }
    return work.resolve("export.mjs");
  }
}

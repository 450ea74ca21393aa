package dev.allowflux.sync.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * HashiCorp's own parser of HCL, where npm has installed it: package {@code hcl2json} of the scope
 * {@code cdktf} in {@code sync/target/hcl}.
 */
final class Hcl2Json {
  private static final Path INSTALLED = Path.of("target/hcl/node_modules/@cdktf/hcl2json");

  private static final String SCRIPT =
      "require('@cdktf/hcl2json').parse('f.tf', require('fs').readFileSync(0, 'utf8'))"
          + ".then(json => process.stdout.write(JSON.stringify(json)))";

  private Hcl2Json() {}

  /** The patterns of all resources in the order of their names, or null if it is not installed. */
  static @Nullable List<String> patterns(String hcl, Path folder)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(INSTALLED)) {
      return null;
    }
    Path in = Files.writeString(folder.resolve("in.tf"), hcl, UTF_8);
    Path out = folder.resolve("out.json");
    ProcessBuilder node = new ProcessBuilder("node", "-e", SCRIPT);
    node.environment().put("NODE_PATH", INSTALLED.getParent().getParent().toAbsolutePath() + "");
    Process process =
        node.redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    List<String> patterns = new ArrayList<>();
    JsonNode resources = new ObjectMapper().readTree(out.toFile()).get("resource");
    for (JsonNode resource : resources.get("cloudflare_email_security_allow_policy").values()) {
      // In JSON a text is still a template.
      patterns.add(
          resource.get(0).get("pattern").asString().replace("$${", "${").replace("%%{", "%{"));
    }
    return patterns;
  }
}

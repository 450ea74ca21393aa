package dev.allowflux.sync.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.file.RandomPolicies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerraformWriterTest {
  private static final String TYPE = "cloudflare_email_security_allow_policy";

  private static AllowPolicy.Builder policy(String id) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(Instant.EPOCH)
        .pattern("partner.example")
        .patternTypeName("DOMAIN");
  }

  private static String written(TerraformWriter writer, List<AllowPolicy> policies)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(policies, out);
    return out.toString(UTF_8);
  }

  /** The blocks by their heads; two of one head are a mistake, but for imports, which have none. */
  private static Map<String, Map<String, Object>> blocks(String text) {
    Map<String, Map<String, Object>> blocks = new LinkedHashMap<>();
    HclText.read(
        text,
        (head, attributes) -> {
          String key = head.equals("import") ? "import " + attributes.get("to") : head;
          assertThat(blocks.put(key, attributes)).as(key).isNull();
        });
    return blocks;
  }

  @Test
  void aPolicyIsAnImportAndAResource() throws IOException {
    TerraformWriter writer = TerraformWriter.of(new AccountId("acc"));
    AllowPolicy policy = policy("f174e90a-fafe").isRegex(false).verifySender(true).build();

    assertThat(written(writer, List.of(policy)))
        .isEqualTo(
            """
            import {
              to = cloudflare_email_security_allow_policy.policy_f174e90a-fafe
              id = "acc/f174e90a-fafe"
            }

            resource "cloudflare_email_security_allow_policy" "policy_f174e90a-fafe" {
              account_id           = "acc"
              pattern              = "partner.example"
              pattern_type         = "DOMAIN"
              is_regex             = false
              is_trusted_sender    = false
              is_acceptable_sender = false
              is_exempt_recipient  = false
              verify_sender        = true
            }

            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${var.secret}",
        "%{if true}x%{endif}",
        "$${a}",
        "$$${a}",
        "%%{a}",
        "${",
        "$",
        "%",
        "a$",
        "\\${a}",
        "\"${a}\"",
        "line\nline\r\n\tend",
        "\u0000\u001b\u0085\u2028",
        "\ud83d\ude80 $%{"
      })
  void aTextIsNeverEvaluated(String text) throws IOException {
    AllowPolicy policy = policy("1").pattern(text).comments(text).build();

    Map<String, Map<String, Object>> blocks =
        blocks(written(TerraformWriter.of(new AccountId("acc")), List.of(policy)));

    assertThat(blocks.get("resource " + TYPE + " policy_1"))
        .containsEntry("pattern", text)
        .containsEntry("comments", text);
  }

  @Test
  void everyPolicyComesBackFromItsBlocks(@TempDir Path folder)
      throws IOException, InterruptedException {
    long seed = new Random().nextLong();
    RandomPolicies random = new RandomPolicies(seed);
    Random signs = new Random(seed);
    List<AllowPolicy> policies = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder(random.text());
      IntStream.range(0, 12).forEach(n -> text.append("${%}\"\\a".charAt(signs.nextInt(7))));
      policies.add(policy(i + random.text()).pattern(text.toString()).build());
    }

    String text = written(TerraformWriter.of(new AccountId("acc")), policies);
    Map<String, Map<String, Object>> blocks = blocks(text);

    List<String> elsewhere = Hcl2Json.patterns(text, folder);
    if (elsewhere != null) {
      assertThat(elsewhere)
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(
              policies.stream().map(AllowPolicy::pattern).toList());
    }
    assertThat(blocks).as("seed %d", seed).hasSize(2 * policies.size());
    assertThat(
            blocks.entrySet().stream()
                .filter(block -> block.getKey().startsWith("resource "))
                .map(block -> block.getValue().get("pattern")))
        .as("seed %d", seed)
        .containsExactlyElementsOf(policies.stream().map(AllowPolicy::pattern).toList());
  }

  @Test
  void idsThatDifferHaveNamesThatDiffer() throws IOException {
    List<AllowPolicy> policies =
        List.of("a b", "a_b", "a_20_b", "a-b").stream().map(id -> policy(id).build()).toList();

    assertThat(blocks(written(TerraformWriter.of(new AccountId("acc")), policies))).hasSize(8);
  }

  @Test
  void whatNobodyCouldCreateIsLeftOutAndCounted() throws IOException {
    TerraformWriter writer = TerraformWriter.of(new AccountId("acc"));

    String text = written(writer, List.of(policy("1").patternTypeName("UNKNOWN").build()));

    assertThat(text).isEmpty();
    assertThat(writer.leftOut()).isOne();
  }
}

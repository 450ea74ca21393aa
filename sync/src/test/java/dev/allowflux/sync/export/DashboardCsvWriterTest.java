package dev.allowflux.sync.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.file.ExportReader;
import dev.allowflux.sync.file.RandomPolicies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardCsvWriterTest {
  private static final String HEADER =
      "Values,Rule Type,Is Regex,Sender Verification,Trusted Sender,Exempt Recipient,"
          + "Acceptable Sender,Notes\r\n";

  @TempDir Path folder;

  private static AllowPolicy.Builder policy(String pattern) {
    return AllowPolicy.builder()
        .id(new PolicyId("1"))
        .createdAt(Instant.EPOCH)
        .pattern(pattern)
        .patternTypeName("DOMAIN");
  }

  private static byte[] written(DashboardCsvWriter writer, List<AllowPolicy> policies)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(policies, out);
    assertThat(writer.bytes()).isEqualTo(out.size());
    return out.toByteArray();
  }

  private static List<AllowPolicy> read(Path file) throws IOException {
    List<AllowPolicy> policies = new ArrayList<>();
    ExportReader.read(file, (policy, place) -> policies.add(policy));
    return policies;
  }

  private static List<Object> content(AllowPolicy policy) {
    List<Object> content = new ArrayList<>();
    content.add(policy.pattern());
    content.add(policy.patternTypeName());
    Stream.of(
            policy.isRegex(),
            policy.verifySender(),
            policy.isTrustedSender(),
            policy.isExemptRecipient(),
            policy.isAcceptableSender())
        .forEach(flag -> content.add(Boolean.TRUE.equals(flag)));
    content.add(String.valueOf(policy.comments()));
    return content;
  }

  @Test
  void eachFlagStandsBelowItsTitle() throws IOException {
    AllowPolicy policy =
        policy("partner.example")
            .isRegex(false)
            .verifySender(true)
            .isAcceptableSender(true)
            .comments("harbour, \"north\"")
            .build();

    assertThat(new String(written(DashboardCsvWriter.create(), List.of(policy)), UTF_8))
        .isEqualTo(
            HEADER
                + "partner.example,DOMAIN,false,true,false,false,true,\"harbour,"
                + " \"\"north\"\"\"\r\n");
  }

  @Test
  void whatNobodyCouldCreateIsLeftOutAndCounted() throws IOException {
    DashboardCsvWriter writer = DashboardCsvWriter.create();

    byte[] text =
        written(
            writer,
            List.of(
                policy("a.example").patternTypeName("UNKNOWN").build(),
                policy("b.example").pattern(null).build(),
                policy("c.example").build()));

    assertThat(new String(text, UTF_8)).contains("c.example").doesNotContain("a.example");
    assertThat(writer.leftOut()).isEqualTo(2);
  }

  @Test
  void anUploadIsReadBackAsItWas() throws IOException {
    long seed = new Random().nextLong();
    RandomPolicies random = new RandomPolicies(seed);
    List<AllowPolicy> policies =
        Stream.generate(random::next)
            .filter(DashboardCsvWriter::isWritable)
            .filter(policy -> !String.valueOf(policy.pattern()).isBlank())
            .filter(policy -> policy.comments() == null || !policy.comments().isBlank())
            .limit(1_000)
            .toList();
    Path file = folder.resolve("upload.csv");
    Files.write(file, written(DashboardCsvWriter.create(), policies));

    assertThat(read(file).stream().map(DashboardCsvWriterTest::content))
        .as("seed %d", seed)
        .containsExactlyElementsOf(policies.stream().map(DashboardCsvWriterTest::content).toList());
  }

  @Test
  void aFileIsSplitBetweenItsRowsAndNothingIsLost() throws IOException {
    List<AllowPolicy> policies =
        IntStream.range(0, 6_000)
            .mapToObj(
                i -> policy("d" + i + ".example").comments("line\nline \"" + i + "\"").build())
            .toList();
    Path file = folder.resolve("policies.csv");
    Files.write(file, written(DashboardCsvWriter.create(), policies));

    List<Path> parts = DashboardUploads.split(file, DashboardCsvWriter.MAX_UPLOAD_BYTES);

    List<String> patterns = new ArrayList<>();
    for (Path part : parts) {
      assertThat(part).content(UTF_8).startsWith(HEADER).endsWith("\r\n");
      assertThat(Files.size(part)).isLessThanOrEqualTo(150_000);
      read(part).forEach(policy -> patterns.add(policy.pattern()));
    }
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.get(1)).hasFileName("policies-2.csv");
    assertThat(patterns)
        .containsExactlyElementsOf(policies.stream().map(AllowPolicy::pattern).toList());
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileThatIsShortEnoughStaysAsItIs() throws IOException {
    Path file = Files.writeString(folder.resolve("policies.csv"), HEADER + "a.example\r\n");

    assertThat(DashboardUploads.split(file, 150_000)).containsExactly(file);
    assertThat(file).content().isEqualTo(HEADER + "a.example\r\n");
  }

  @Test
  void aPartOfAnotherExportIsNotOverwritten() throws IOException {
    Path file = Files.writeString(folder.resolve("list"), HEADER + "a.example\r\nb.example\r\n");
    Path other = Files.writeString(folder.resolve("list-2"), "other");

    assertThatThrownBy(() -> DashboardUploads.split(file, HEADER.length() + 12))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("list-2");
    assertThat(other).hasContent("other");
    assertThat(file).exists();
  }
}

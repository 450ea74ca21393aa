package dev.allowflux.cli.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.cli.RandomPolicies;
import dev.allowflux.cli.output.PolicyFormat;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.sync.file.PolicyCsvWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DesiredFileTest {
  private static final DesiredPolicy FULL =
      DesiredPolicy.builder()
          .pattern("a@x.example")
          .patternType(PatternType.EMAIL)
          .isTrustedSender(false)
          .isAcceptableSender(true)
          .isExemptRecipient(false)
          .verifySender(true)
          .comments("hello")
          .build();

  private static final DesiredPolicy BARE =
      DesiredPolicy.builder().pattern("x.example").patternType(PatternType.DOMAIN).build();

  // ---- what is read

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"pattern":"a@x.example","pattern_type":"EMAIL","is_trusted_sender":false,\
        "is_acceptable_sender":true,"is_exempt_recipient":false,"verify_sender":true,\
        "comments":"hello"}
        {"pattern":"x.example","pattern_type":"DOMAIN","is_regex":null,"verify_sender":null}\
        """,
        """
         [ {"comments":"hello","pattern":"a@x.example","pattern_type":"email",
            "is_trusted_sender":false,"is_acceptable_sender":true,"is_exempt_recipient":false,
            "verify_sender":true},
           {"pattern":"x.example","pattern_type":"DOMAIN"} ]
        """,
      })
  void jsonIsReadByLineAndAsAList(String text) throws IOException {
    assertThat(read(text)).containsExactly(FULL, BARE);
    assertThat(read("\ufeff" + text.replace("\n", "\r\n"))).containsExactly(FULL, BARE);
  }

  @Test
  void csvIsReadInTheColumnsOfAnExport() throws IOException {
    String text =
        """
        id,created_at,pattern,pattern_type,is_regex,is_trusted_sender,is_acceptable_sender,\
        is_exempt_recipient,verify_sender,comments,something_new
        1,2026-01-01T00:00:00Z,a@x.example,EMAIL,false,false,true,false,true,hello,x
        2,2026-01-01T00:00:00Z,x.example,DOMAIN,,,,,,"two
        lines, and a ""quote\""",
        """;

    List<DesiredPolicy> read = read("\ufeff" + text.replace("\n", "\r\n"));

    assertThat(read)
        .containsExactly(
            FULL,
            DesiredPolicy.builder()
                .pattern("x.example")
                .patternType(PatternType.DOMAIN)
                .comments("two\r\nlines, and a \"quote\"")
                .build());
    assertThat(read).extracting(DesiredPolicy::origin).containsExactly("policies:2", "policies:3");
  }

  @Test
  void csvIsReadInTheColumnsOfTheDashboard() throws IOException {
    String text =
        """
        Pattern, Pattern Type, Verify Email, Trusted Sender, Exempt Recipient, Acceptable Sender, Notes
        a@x.example, EMAIL, true, false, false, TRUE, hello
        """;

    assertThat(read(text)).containsExactly(FULL);
    assertThat(read(text.replace(",", ";"))).containsExactly(FULL);
    assertThat(read(text.replace(", ", "\t"))).containsExactly(FULL);
  }

  @Test
  void aColumnThatIsNotThereIsNotManagedAndAnEmptyCellOfCommentsIsNone() throws IOException {
    assertThat(read("pattern,pattern_type\nx.example,DOMAIN\n")).containsExactly(BARE);
    assertThat(read("pattern,pattern_type,comments,verify_sender\nx.example,DOMAIN,,\n"))
        .containsExactly(
            DesiredPolicy.builder()
                .pattern("x.example")
                .patternType(PatternType.DOMAIN)
                .comments(null)
                .build());
  }

  @Test
  void aPatternIsTakenToTheLetterFromAnExport() throws IOException {
    assertThat(read("pattern,pattern_type\n\" x.example \",DOMAIN\n"))
        .extracting(DesiredPolicy::pattern)
        .containsExactly(" x.example ");
  }

  @Test
  void whatAnExportHasBesideIsPassedOver() throws IOException {
    List<AllowPolicy> policies =
        List.of(
            policy("1").patternTypeName("DOMAIN").unknownField("new", "{\"a\":[1]}").build(),
            policy("2").patternTypeName("UNKNOWN").build(),
            policy("3").patternTypeName("ASN").build(),
            policy("4").build());
    for (PolicyFormat format :
        List.<PolicyFormat>of(
            PolicyNdjsonWriter.ofAllFields()::write,
            PolicyCsvWriter.of(List.of(PolicyField.values()))::write)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      format.write(policies, bytes);
      List<DesiredPolicy> read = new ArrayList<>();
      DesiredFile file =
          DesiredFile.read("policies", new ByteArrayInputStream(bytes.toByteArray()), read::add);

      assertThat(read).extracting(DesiredPolicy::pattern).containsExactly("x.example");
      assertThat(file.policies()).isEqualTo(1);
      assertThat(file.notWritable()).isEqualTo(3);
    }
  }

  @Test
  @SuppressWarnings("deprecation")
  void anExportIsWhatItSays() throws IOException {
    RandomPolicies random = new RandomPolicies(7);
    int written = 0;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<AllowPolicy> writable = new ArrayList<>();
    while (written < 2_000) {
      AllowPolicy policy = random.next();
      if (isWritable(policy)) {
        written++;
        writable.add(policy);
      }
    }
    PolicyNdjsonWriter.ofAllFields().write(writable, bytes);
    List<DesiredPolicy> read = new ArrayList<>();
    DesiredFile unused =
        DesiredFile.read("policies", new ByteArrayInputStream(bytes.toByteArray()), read::add);

    assertThat(read).hasSameSizeAs(writable);
    for (int i = 0; i < written; i++) {
      AllowPolicy policy = writable.get(i);
      DesiredPolicy desired = read.get(i);
      assertThat(desired.pattern()).isEqualTo(policy.pattern());
      assertThat(desired.patternType()).isEqualTo(policy.patternType());
      assertThat(desired.isTrustedSender()).isEqualTo(policy.isTrustedSender());
      assertThat(desired.isAcceptableSender()).isEqualTo(policy.isAcceptableSender());
      assertThat(desired.isExemptRecipient()).isEqualTo(policy.isExemptRecipient());
      assertThat(desired.verifySender()).isEqualTo(policy.verifySender());
      String comments = policy.comments();
      assertThat(desired.comments())
          .isEqualTo(comments == null || comments.isEmpty() ? null : comments);
      assertThat(desired.origin()).isEqualTo("policies:" + (i + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "[]", " [ ] ", "\ufeff", "pattern,pattern_type\n"})
  void aFileWithoutPoliciesIsEmpty(String text) throws IOException {
    assertThat(read(text)).isEmpty();
  }

  // ---- what is wrong

  @Test
  void allThatIsWrongWithLinesOfJsonComesOutAtOnce() {
    assertThat(
            problems(
                """
                {"pattern":"x.example"}

                {"pattern":"x.example","pattern_type":"NONE","verify_sender":"yes"}
                {"pattern":"x.example","pattern_type":"DOMAIN","verfy_sender":true}
                {"pattern":"x.example","pattern_type":"DOMAIN"
                {"pattern":"(","pattern_type":"EMAIL","is_regex":true}
                ["x.example"]
                {"pattern":"x.example","pattern_type":"DOMAIN"} {}
                {"pattern":"x.example","pattern_type":"DOMAIN","comments":["a"]}
                {"pattern":"x.example","pattern":"y.example","pattern_type":"DOMAIN"}
                {"pattern":"good.example","pattern_type":"DOMAIN"}
                """))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("policies:1: pattern_type is missing"),
            line -> assertThat(line).isEqualTo("policies:3: verify_sender must be true or false"),
            line ->
                assertThat(line).isEqualTo("policies:3: pattern_type must be EMAIL, DOMAIN or IP"),
            line -> assertThat(line).isEqualTo("policies:4: unknown field verfy_sender"),
            line -> assertThat(line).startsWith("policies:5: not valid JSON: "),
            line ->
                assertThat(line)
                    .startsWith("policies:6: pattern must be a valid Java regular expression")
                    .endsWith("at index 1"),
            line -> assertThat(line).isEqualTo("policies:7: a policy must be an object"),
            line ->
                assertThat(line).isEqualTo("policies:8: there is more than one policy in the line"),
            line -> assertThat(line).isEqualTo("policies:9: comments must be text"),
            line -> assertThat(line).startsWith("policies:10: not valid JSON: Duplicate"));
  }

  @Test
  void allThatIsWrongWithAListComesOutUpToWhereItBreaks() {
    assertThat(
            problems(
                """
                [
                  {"pattern":"x.example"},
                  7,
                  {"pattern":"x.example",
                   "pattern_type":"DOMAIN","typo":1},
                  {"pattern":]
                """))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("policies:2: pattern_type is missing"),
            line -> assertThat(line).isEqualTo("policies:3: a policy must be an object"),
            line -> assertThat(line).isEqualTo("policies:4: unknown field typo"),
            line ->
                assertThat(line)
                    .startsWith("policies:6: not valid JSON, so the rest was not read"));
    assertThat(problems("[{\"pattern\":\"a\",\"pattern_type\":\"IP\"}] x"))
        .singleElement()
        .asString()
        .startsWith("policies:1: ");
    assertThat(problems("[{\"pattern\":\"a\",\"pattern_type\":\"IP\"}")).hasSize(1);
  }

  @Test
  void allThatIsWrongWithCsvComesOutAtOnce() {
    assertThat(
            problems(
                """
                pattern,pattern_type,verify_sender
                x.example,DOMAIN,perhaps
                x.example,DOMAIN
                ,DOMAIN,true
                "two
                lines",NONE,true
                x.example,DOMAIN,true,more
                """))
        .containsExactly(
            "policies:2: verify_sender must be true or false",
            "policies:3: cells: 2, columns: 3",
            "policies:4: pattern is missing",
            "policies:5: pattern_type must be EMAIL, DOMAIN or IP",
            "policies:7: cells: 4, columns: 3");
  }

  @Test
  void aHeaderThatSaysTooLittleOrTooMuchIsRefused() {
    assertThat(problems("x.example,DOMAIN\n"))
        .containsExactly(
            "policies:1: there is no column pattern in the first line, which names the columns",
            "policies:1: there is no column pattern_type in the first line, which names the"
                + " columns");
    assertThat(problems("pattern,pattern_type,Notes,comments\n"))
        .containsExactly("policies:1: there are two columns for comments");
    assertThat(problems("pattern,pattern_type,Verfy Email\nx.example,DOMAIN,true\n"))
        .containsExactly("policies:2: unknown field Verfy Email");
  }

  @Test
  void whatIsNotUtf8IsRefusedInEveryForm() {
    byte[] json = "{\"pattern\":\"\u00fc.example\",\"pattern_type\":\"IP\"}".getBytes(ISO_8859_1);
    byte[] csv = "pattern,pattern_type\na,IP\n\u00fc,IP\n".getBytes(ISO_8859_1);

    assertThat(problems(json)).singleElement().asString().startsWith("policies:1: not valid JSON");
    assertThat(problems(csv)).singleElement().asString().contains("not valid UTF-8");
    assertThat(problems("pattern,pattern_type\n".getBytes(UTF_16))).isNotEmpty();
  }

  @Test
  void onlyTheFirstProblemsAreKeptAndAllAreCounted() {
    DesiredFileException e =
        catchThrowableOfType(
            DesiredFileException.class, () -> read("{\"pattern\":1}\n".repeat(100)));

    assertThat(e.problems()).hasSize(50);
    assertThat(e).hasMessage("policies has 200 problems");
  }

  @Test
  void aLineThatIsTooLongForAPolicyIsNotHeld() {
    String text = "{\"pattern\":\"" + "x".repeat(2 << 20) + "\"}\n{\"pattern\":1}";

    assertThat(problems(text))
        .contains(
            "policies:1: the line is too long for a policy", "policies:2: pattern must be text");
  }

  @Test
  void aProblemIsOneLineThatSteersNoTerminal() {
    assertThat(problems("{\"pat\\u001b[31mtern\\n\":1,\"pattern\":\"x\",\"pattern_type\":\"IP\"}"))
        .containsExactly("policies:1: unknown field pat [31mtern ");
  }

  @Test
  void aFileThatCannotBeReadIsNoMatterOfItsContent() {
    InputStream broken =
        new InputStream() {
          private final byte[] start = "pattern,pattern_type\n".getBytes(UTF_8);
          private int next;

          @Override
          public int read() throws IOException {
            if (next == start.length) {
              throw new IOException("gone");
            }
            return start[next++];
          }

          @Override
          public int read(byte[] bytes, int offset, int count) throws IOException {
            bytes[offset] = (byte) read();
            return 1;
          }
        };

    assertThatThrownBy(() -> DesiredFile.read("policies", broken, policy -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  private static AllowPolicy.Builder policy(String id) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(Instant.EPOCH)
        .pattern("x.example")
        .isRegex(false);
  }

  /** Whatever the API may send, only some of it can be sent back. */
  private static boolean isWritable(AllowPolicy policy) {
    PatternType type = policy.patternType();
    boolean kind =
        type == PatternType.EMAIL || type == PatternType.DOMAIN || type == PatternType.IP;
    return kind
        && policy.pattern() != null
        && !policy.pattern().isEmpty()
        && !Boolean.TRUE.equals(policy.isRegex())
        && isWellFormed(policy.pattern())
        && (policy.comments() == null || isWellFormed(policy.comments()));
  }

  private static boolean isWellFormed(String text) {
    return UTF_8.newEncoder().canEncode(text);
  }

  private static List<DesiredPolicy> read(String text) throws IOException {
    List<DesiredPolicy> read = new ArrayList<>();
    DesiredFile file =
        DesiredFile.read("policies", new ByteArrayInputStream(text.getBytes(UTF_8)), read::add);
    assertThat(file.policies()).isEqualTo(read.size());
    return read;
  }

  private static List<String> problems(String text) {
    return problems(text.getBytes(UTF_8));
  }

  private static List<String> problems(byte[] text) {
    DesiredFileException e =
        catchThrowableOfType(
            DesiredFileException.class,
            () -> DesiredFile.read("policies", new ByteArrayInputStream(text), policy -> {}));
    assertThat(e).isNotNull();
    return e.problems();
  }
}

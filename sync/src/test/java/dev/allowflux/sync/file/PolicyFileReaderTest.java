package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.error.InputException;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileReaderTest {
  private static final PolicyFileReader UPSERT = PolicyFileReader.of(new SyncMode.Upsert());
  private static final PolicyFileReader ALL = PolicyFileReader.of(new SyncMode.All());

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account_id,id,pattern,pattern_type\na,1,x.example,DOMAIN\nb,2,y.example,DOMAIN\n",
        "pattern,pattern_type,Account ID\nx.example,DOMAIN,a\n",
        "{\"account_id\":\"a\",\"id\":\"1\",\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":\"b\",\"id\":\"2\",\"pattern\":\"y.example\",\"pattern_type\":\"DOMAIN\"}\n"
      })
  void thePoliciesOfManyAccountsAreNotThoseOfOne(String text) {
    InputException refusal =
        catchThrowableOfType(
            InputException.class,
            () -> UPSERT.read("all", new ByteArrayInputStream(text.getBytes(UTF_8)), p -> {}));

    assertThat(refusal.problems())
        .singleElement()
        .asString()
        .contains("account_id is of an export of many accounts");
  }

  // ---- owner and days, which stand in the comments

  @Test
  void columnsOfOwnerAndDaysGoIntoTheComments() throws IOException {
    String csv =
        """
        pattern,pattern_type,comments,owner,expires,review
        a.example,DOMAIN,ticket,team-a,2027-03-31,
        b.example,DOMAIN,[allowflux:team-b],,,2027-01-31
        """;

    assertThat(read(csv))
        .extracting(DesiredPolicy::comments)
        .containsExactly(
            "ticket [allowflux:owner=team-a expires=2027-03-31]",
            "[allowflux:owner=team-b review=2027-01-31]");
  }

  @Test
  void withoutAColumnOfCommentsTheirTextIsLeftAlone() throws IOException {
    List<DesiredPolicy> read =
        read(
            "{\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\",\"expires\":\"2027-03-31\"}\n");

    assertThat(read).singleElement().returns(false, DesiredPolicy::managesComments);
    assertThat(read.get(0).tag()).isEqualTo(PolicyTag.of("[allowflux:expires=2027-03-31]"));
  }

  @Test
  void aDayThatIsNoneIsRefusedWhereItStands() {
    assertThat(problems("pattern,pattern_type,expires\na.example,DOMAIN,31.3.2027\n"))
        .containsExactly(
            "policies:2:18: expires is no value: a day must be one of the calendar, such as"
                + " 2027-03-31");
  }

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
        """
        {
          "pattern": "a@x.example",
          "pattern_type": "EMAIL", "is_trusted_sender": false, "is_acceptable_sender": true,
          "is_exempt_recipient": false, "verify_sender": true, "comments": "hello"
        }

        {
          "pattern": "x.example",
          "pattern_type": "DOMAIN"
        }
        """,
      })
  void jsonIsReadByObjectAndAsAList(String text) throws IOException {
    assertThat(read(text)).containsExactly(FULL, BARE);
    assertThat(read("\ufeff" + text.replace("\n", "\r\n"))).containsExactly(FULL, BARE);
    assertThat(read(text.replace("\n", "\r"))).containsExactly(FULL, BARE);
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
    assertThat(notes(text))
        .containsExactly("policies:1:127: unknown field something_new is left out");
  }

  @Test
  void csvIsReadWithTheSeparatorsThatSpreadsheetsWrite() throws IOException {
    String text =
        """
        Pattern, Pattern Type, Verify Email, Trusted Sender, Exempt Recipient, Acceptable Sender, Notes
        a@x.example, EMAIL, true, false, false, TRUE, hello
        """;

    assertThat(read(text)).containsExactly(FULL);
    assertThat(read(text.replace(",", ";"))).containsExactly(FULL);
    assertThat(read(text.replace(", ", "\t"))).containsExactly(FULL);
    assertThat(read("sep=|\r\n" + text.replace(",", "|"))).containsExactly(FULL);
  }

  @Test
  void utf16IsReadIfAMarkSaysSo() throws IOException {
    String text =
        "\ufeffpattern,pattern_type,comments\nx.example,DOMAIN,gr\u00fc\u00df \ud83d\ude80\n";
    for (Charset charset : List.of(UTF_8, UTF_16BE, UTF_16LE)) {
      List<DesiredPolicy> read = new ArrayList<>();
      UPSERT.read("policies", new ByteArrayInputStream(text.getBytes(charset)), read::add);

      assertThat(read)
          .extracting(DesiredPolicy::comments)
          .containsExactly("gr\u00fc\u00df \ud83d\ude80");
    }
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
  void aPatternIsTurnedIntoTheOneThatIsMeantAndReported() throws IOException {
    String text = "pattern,pattern_type\n\" x.example \",DOMAIN\n";

    assertThat(read(text)).containsExactly(BARE);
    assertThat(notes(text))
        .containsExactly(
            "policies:2:1: pattern is read as x.example, without white space around it");
  }

  @Test
  void whatAnExportHasBesideIsLeftOut() throws IOException {
    List<AllowPolicy> policies =
        List.of(
            exported("1").patternTypeName("DOMAIN").unknownField("new", "{\"a\":[1]}").build(),
            exported("2").patternTypeName("UNKNOWN").build(),
            exported("3").patternTypeName("ASN").build(),
            exported("4").build());
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    PolicyNdjsonWriter.ofAllFields().write(policies, lines);
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    PolicyCsvWriter.of(PolicyField.ofApi()).write(policies, rows);

    for (ByteArrayOutputStream text : List.of(lines, rows)) {
      List<DesiredPolicy> read = new ArrayList<>();
      PolicyFileReport report =
          ALL.read("policies", new ByteArrayInputStream(text.toByteArray()), read::add);

      assertThat(read).extracting(DesiredPolicy::pattern).containsExactly("x.example");
      assertThat(report.policies()).isEqualTo(1);
      assertThat(report.skipped()).isEqualTo(3);
    }
  }

  @Test
  void aNewRowInAnEditedExportIsNotTakenForAnExportedOne() {
    assertThat(problems("id,pattern,pattern_type\n1,x.example,DOMAIN\n,y.example,\n"))
        .containsExactly("policies:3:1: pattern_type is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "[]", " [ ] ", "\ufeff", "pattern,pattern_type\n"})
  void aFileWithoutPoliciesHasNone(String text) throws IOException {
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
                {"pattern":"bad.example}
                """))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("policies:1:1: pattern_type is missing"),
            line ->
                assertThat(line).isEqualTo("policies:3:62: verify_sender must be true or false"),
            line ->
                assertThat(line)
                    .isEqualTo("policies:3:39: pattern_type must be EMAIL, DOMAIN or IP"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "policies:4:48: unknown field verfy_sender; did you mean verify_sender?"),
            line ->
                assertThat(line)
                    .isEqualTo("policies:5:1: the policy that begins here does not end"),
            line ->
                assertThat(line)
                    .startsWith("policies:6:12: pattern ")
                    .contains("regular expression"),
            line -> assertThat(line).isEqualTo("policies:7:1: a policy must be an object"),
            line ->
                assertThat(line)
                    .isEqualTo("policies:8:49: there is more than one policy in this line"),
            line -> assertThat(line).isEqualTo("policies:9:59: comments must be text"),
            line -> assertThat(line).startsWith("policies:10:").contains("Duplicate"),
            line -> assertThat(line).startsWith("policies:12:"));
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
            line -> assertThat(line).isEqualTo("policies:2:3: pattern_type is missing"),
            line -> assertThat(line).isEqualTo("policies:3:3: a policy must be an object"),
            line ->
                assertThat(line)
                    .startsWith("policies:5:28: unknown field typo; there can be pattern,")
                    .endsWith(", owner, expires, review"),
            line ->
                assertThat(line)
                    .startsWith("policies:6:")
                    .contains("not valid JSON, so the rest was not read"));
    assertThat(problems("[{\"pattern\":\"192.0.2.1\",\"pattern_type\":\"IP\"}] x")).hasSize(1);
    assertThat(problems("[\n{\"pattern\":\"192.0.2.1\",\"pattern_type\":\"IP\"}\n"))
        .containsExactly("policies:1:1: the list that begins here does not end");
    assertThat(problems("[\n{\"pattern\":\"192.0.2.1\",\n\"pattern_type\":\"I"))
        .containsExactly("policies:2:1: the policy that begins here does not end");
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
            "policies:2:18: verify_sender must be true or false, not perhaps",
            "policies:3:1: the row ends in the middle: it has 2 of 3 cells",
            "policies:4:1: pattern is missing",
            "policies:6:8: pattern_type must be EMAIL, DOMAIN or IP",
            "policies:7:23: this cell is one too many; one with a comma in it needs quotes");
  }

  @Test
  void aHeaderThatSaysTooLittleOrTooMuchIsRefused() {
    assertThat(problems("x.example,DOMAIN\n"))
        .contains(
            "policies:1:1: there is no column pattern in this line, which names the columns; a list"
                + " of another product needs --from");
    assertThat(problems("pattern,pattern_type,Notes,comments\n"))
        .containsExactly("policies:1:28: there are two columns for comments");
    assertThat(problems("pattern,pattern_type,Verfy Email\nx.example,DOMAIN,true\n"))
        .singleElement()
        .asString()
        .startsWith("policies:1:22: unknown field Verfy Email");
  }

  @Test
  void aFieldThatResemblesAKnownOneIsRefusedInAnExportToo() throws IOException {
    String line =
        "{\"id\":\"1\",\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\",\"%s\":true}\n";

    assertThat(problems(line.replace("%s", "verify_sendr")))
        .containsExactly("policies:1:57: unknown field verify_sendr; did you mean verify_sender?");
    assertThat(problems(line.replace("%s", "trustedSender"))).hasSize(1);
    assertThat(notes(line.replace("%s", "modified_by").repeat(3)))
        .containsExactly("policies:1:57: unknown field modified_by is left out");
    assertThat(problems("id,pattern,pattern_type,verify_sendr\n1,x.example,DOMAIN,true\n"))
        .containsExactly("policies:1:25: unknown field verify_sendr; did you mean verify_sender?");
  }

  @Test
  void aQuoteThatIsNeverClosedIsRefusedWhereItOpens() {
    String text = "pattern,pattern_type,comments\na.example,DOMAIN,\"x\nb.example,DOMAIN,y\n";

    assertThat(problems(text))
        .containsExactly("policies:2:18: the quote that opens here is never closed");
  }

  @Test
  void twoStrayQuotesDoNotSwallowTheRowsBetweenThem() {
    String text =
        "pattern,pattern_type,comments\n"
            + "a.example,DOMAIN,\"x\n"
            + "b.example,DOMAIN,y\n"
            + "c.example,DOMAIN,z\"\n";

    assertThat(problems(text))
        .containsExactly(
            "policies:2:18: the quoted cell that begins here has a whole row in it; is a quote"
                + " missing?");
  }

  @Test
  void aLastLineWithoutItsEndIsRefusedInAModeThatDeletes() throws IOException {
    String csv = "pattern,pattern_type\nx.example,DOMAIN";
    String json = "{\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}";

    assertThat(problems(ALL, csv.getBytes(UTF_8)))
        .containsExactly(
            "policies:2:17: the last line has no line end, so the rest of the file may be missing");
    assertThat(problems(ALL, json.getBytes(UTF_8))).hasSize(1);
    assertThat(problems(PolicyFileReader.of(new SyncMode.Owned("team-a")), csv.getBytes(UTF_8)))
        .hasSize(1);
    assertThat(read(ALL.allowingUnfinishedLine(), csv)).containsExactly(BARE);
    assertThat(read(ALL, csv + "\n")).containsExactly(BARE);
    assertThat(read(ALL, json + "\r\n")).containsExactly(BARE);
    assertThat(read(ALL, "[" + json + "]")).containsExactly(BARE);
    assertThat(read(UPSERT, csv)).containsExactly(BARE);
    assertThat(notes(csv))
        .containsExactly("policies:2:17: the last line has no line end; is its last cell whole?");
  }

  @Test
  void bytesThatAreNoTextAreRefusedAtTheirPlaceInEveryForm() {
    byte[] json = "{\"pattern\":\"\u00fc.example\",\"pattern_type\":\"IP\"}".getBytes(ISO_8859_1);
    byte[] list = "[\n{\"pattern\":\"\u00fc.example\"}]".getBytes(ISO_8859_1);
    byte[] csv = "pattern,pattern_type\n192.0.2.1,IP\nx\u00fc,IP\n".getBytes(ISO_8859_1);

    String reason = "this is not valid UTF-8 (byte FC); save the file as UTF-8";
    assertThat(problems(UPSERT, json)).containsExactly("policies:1:13: " + reason);
    assertThat(problems(UPSERT, list)).containsExactly("policies:2:13: " + reason);
    assertThat(problems(UPSERT, csv)).containsExactly("policies:3:2: " + reason);
    assertThat(problems(UPSERT, "pattern,pattern_type\n".getBytes(UTF_16LE))).isNotEmpty();
  }

  @Test
  void onlyTheFirstProblemsAreKeptAndAllAreCounted() {
    InputException e =
        catchThrowableOfType(InputException.class, () -> read("{\"pattern\":1}\n".repeat(100)));

    assertThat(e.problems()).hasSize(50);
    assertThat(e.problemCount()).isEqualTo(200);
    assertThat(e).hasMessage("policies has 200 problems");
  }

  @Test
  void whatIsTooLongForAPolicyIsNotHeld() {
    assertThat(problems("{\"pattern\":\"" + "x".repeat(2 << 20) + "\"}\n{\"pattern\":1}\n"))
        .contains(
            "policies:1:1: this is too long for a policy", "policies:2:12: pattern must be text");
    assertThat(problems("pattern,pattern_type\n" + "x".repeat(2 << 20)))
        .singleElement()
        .asString()
        .startsWith("policies:2:1: the cell that begins here is too long");
  }

  @Test
  void aProblemIsOneLineThatSteersNoTerminal() {
    assertThat(
            problems(
                "{\"pat\\u001b[31mtern\\n"
                    + "\":1,\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}"))
        .singleElement()
        .asString()
        .startsWith("policies:1:2: unknown field pat\ufffd[31mtern ;");
  }

  @Test
  void anInputThatFailsIsNoMatterOfItsContent() {
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

    assertThatThrownBy(() -> UPSERT.read("policies", broken, policy -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  private static AllowPolicy.Builder exported(String id) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(Instant.EPOCH)
        .pattern("x.example")
        .isRegex(false);
  }

  private static List<DesiredPolicy> read(String text) throws IOException {
    return read(UPSERT, text);
  }

  private static List<DesiredPolicy> read(PolicyFileReader reader, String text) throws IOException {
    List<DesiredPolicy> read = new ArrayList<>();
    PolicyFileReport report =
        reader.read("policies", new ByteArrayInputStream(text.getBytes(UTF_8)), read::add);
    assertThat(report.policies()).isEqualTo(read.size());
    return read;
  }

  private static List<String> notes(String text) throws IOException {
    PolicyFileReport report =
        UPSERT.read("policies", new ByteArrayInputStream(text.getBytes(UTF_8)), policy -> {});
    return report.notes().stream().map(InputNote::toString).toList();
  }

  private static List<String> problems(String text) {
    return problems(UPSERT, text.getBytes(UTF_8));
  }

  private static List<String> problems(PolicyFileReader reader, byte[] text) {
    InputException e =
        catchThrowableOfType(
            InputException.class,
            () -> reader.read("policies", new ByteArrayInputStream(text), policy -> {}));
    assertThat(e).isNotNull();
    return e.problems().stream().map(InputException.Problem::toString).toList();
  }
}

package dev.allowflux.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.internal.json.PlanReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyncPlanTest {
  private static final Instant TIME = Instant.parse("2026-11-21T08:00:00.5Z");

  private static final AllowPolicy BEFORE =
      AllowPolicy.builder()
          .id(new PolicyId("id-2"))
          .createdAt(Instant.parse("2026-01-02T03:04:05.123456789Z"))
          .modifiedAt(Instant.parse("2026-01-02T03:04:06Z"))
          .pattern("b.example")
          .patternTypeName("DOMAIN")
          .isRegex(false)
          .isTrustedSender(false)
          .isAcceptableSender(true)
          .verifySender(true)
          .comments("by \"hand\"\n\u00e9\u0001 \ud83d\ude00 /")
          .build();

  private static final NewAllowPolicy NEW =
      NewAllowPolicy.builder()
          .pattern("a.example")
          .patternType(PatternType.DOMAIN)
          .isRegex(false)
          .isTrustedSender(false)
          .isAcceptableSender(true)
          .isExemptRecipient(false)
          .verifySender(true)
          .build();

  private static final AllowPolicyEdit EDIT =
      AllowPolicyEdit.builder().isTrustedSender(true).clearComments().build();

  private static final SyncPlan PLAN =
      plan(
          List.of(
              new PolicyChange.Create(NEW),
              new PolicyChange.Edit(BEFORE, EDIT),
              new PolicyChange.Delete(BEFORE)));

  private static final String DIGEST =
      "962d9d1e884bba0081a85b7a02beba96a223c378c83f79f9cbb26e46b3a06268";

  private static final String DOCUMENT =
      """
      {
      "version":2,
      "digest":"DIGEST",
      "account":"acc",
      "mode":"owned",
      "owner":"team-a",
      "read":{"complete":true,"duplicates":1,"ended_at":"2026-11-21T08:00:02.500Z",\
      "newest":"2026-11-21T08:00:00Z","pages":2,"seen":3,\
      "started_at":"2026-11-21T08:00:00.500Z","traversal":"complete"},
      "counts":{"creates":1,"deletes":1,"edits":1,"unchanged":4},
      "overrides":[
      {"rule":"DELETES","what":"200 too many"}],
      "warnings":[
      "take care"],
      "changes":[
      {"after":{"is_acceptable_sender":true,"is_exempt_recipient":false,"is_regex":false,\
      "is_trusted_sender":false,"pattern":"a.example","pattern_type":"DOMAIN",\
      "verify_sender":true},"change":"create"},
      {"after":{"comments":null,"is_trusted_sender":true},"before":BEFORE,"change":"edit"},
      {"before":BEFORE,"change":"delete"}]}
      """
          .replace("DIGEST", DIGEST)
          .replace(
              "BEFORE",
              "{\"comments\":\"by \\\"hand\\\"\\n"
                  + "é\\u0001 \ud83d\ude00 /\","
                  + "\"created_at\":\"2026-01-02T03:04:05.123456789Z\",\"id\":\"id-2\","
                  + "\"is_acceptable_sender\":true,\"is_regex\":false,"
                  + "\"is_trusted_sender\":false,\"modified_at\":\"2026-01-02T03:04:06Z\","
                  + "\"pattern\":\"b.example\",\"pattern_type\":\"DOMAIN\",\"verify_sender\":true}");

  @Test
  void aPlanIsWrittenWithOneChangeALine() throws IOException {
    assertThat(text(PLAN)).isEqualTo(DOCUMENT);
  }

  @Test
  void thePlanThatIsReadIsTheOneThatWasWritten() throws IOException {
    SyncPlan read = read(DOCUMENT);

    assertThat(read).isEqualTo(PLAN);
    assertThat(read.account()).isEqualTo(PLAN.account());
    assertThat(read.mode()).isEqualTo(PLAN.mode());
    assertThat(read.accountRead()).isEqualTo(PLAN.accountRead());
    assertThat(read.counts()).isEqualTo(PLAN.counts());
    assertThat(read.warnings()).isEqualTo(PLAN.warnings());
    assertThat(read.overrides()).isEqualTo(PLAN.overrides());
    assertThat(read.changes()).isEqualTo(PLAN.changes());
    assertThat(read.digest()).isEqualTo(DIGEST);
  }

  @Test
  void theDigestIsTheHashOfTheDocumentWithSortedMembersAndWithoutIt() throws Exception {
    List<String> members = new ArrayList<>();
    String flat = DOCUMENT.replace("\n", "");
    for (String name :
        List.of(
            "account", "changes", "counts", "mode", "overrides", "owner", "version", "warnings")) {
      int start = flat.indexOf("\"" + name + "\":");
      int end = flat.length() - 1;
      for (String next :
          List.of(
              "digest",
              "account",
              "mode",
              "owner",
              "read",
              "counts",
              "overrides",
              "warnings",
              "changes")) {
        int found = flat.indexOf(",\"" + next + "\":", start + 1);
        end = found > start && found < end ? found : end;
      }
      members.add(flat.substring(start, end));
    }
    String canonical = "{" + String.join(",", members) + "}";

    assertThat(
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(UTF_8))))
        .isEqualTo(DIGEST);
  }

  @Test
  void orderOfMembersAndSpaceDoNotMatter() throws IOException {
    String other =
        DOCUMENT
            .replace("\"version\":2,\n", "")
            .replace("\"change\":\"delete\"}]}", "\"change\":\"delete\"}],\n \"version\" : 2 }")
            .replace("\"change\":\"create\"", "\"change\" :\t\"\\u0063reate\"");

    assertThat(read(other)).isEqualTo(PLAN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"acc\"|\"bcc\"",
        "team-a|team-b",
        "\"unchanged\":4|\"unchanged\":5",
        "take care|take no care",
        "200 too many|20 too many",
        "\"DELETES\"|\"EMPTY_DESIRED\"",
        "a.example|a.example.org",
        "b.example\",\"pattern_type\":\"DOMAIN\"|b.example\",\"pattern_type\":\"EMAIL\"",
        "\"is_exempt_recipient\":false|\"is_exempt_recipient\":true",
        "\"comments\":null,|",
        "\"is_trusted_sender\":true|\"is_acceptable_sender\":true",
        "id-2|id-3",
        "123456789Z|123456788Z",
        "\"modified_at\":\"2026-01-02T03:04:06Z\",|",
        "by \\\"hand\\\"|by hand",
        "\"verify_sender\":true},\"change\":\"delete\"|\"verify_sender\":false},\"change\":\"delete\"",
        "962d9d|962d9e"
      })
  void aPlanThatWasEditedIsRefused(String part, String replacement) {
    assertThat(DOCUMENT).contains(part);
    String edited =
        DOCUMENT.replaceFirst(
            Pattern.quote(part), Matcher.quoteReplacement(replacement == null ? "" : replacement));

    assertThatThrownBy(() -> read(edited))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it was edited after it was made: its digest is given as ");
  }

  @Test
  void aPlanThatLostAChangeIsRefusedByItsCounts() {
    int start = DOCUMENT.indexOf(",\n{\"before\"");
    String edited = DOCUMENT.substring(0, start) + "]}";

    assertThatThrownBy(() -> read(edited))
        .hasMessageContaining("edited after it was made: it counts")
        .hasMessageContaining("deletes=1")
        .hasMessageContaining("deletes=0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":2|\"version\":1|version 1 of plans is not known, only 2 at /version (line 2)",
        "\"version\":2,||version is missing",
        "\"account\":\"acc\",||account is missing",
        "\"account\"|\"konto\"|the member konto is not known at /konto (line 4)",
        "\"owned\"|\"upsert\"|mode upsert has no owner",
        "\"owned\"|\"none\"|mode none has no owner",
        "\"seen\":3|\"seen\":-3|counts of a reading must not be negative at /read (line 7)",
        "\"seen\":3|\"seen\":\"3\"|the value must be a whole number at /read/seen (line 7)",
        "\"seen\":3|\"seen\":3,\"seen\":3|Duplicate Object property \"seen\" at /read/seen (line"
            + " 7)",
        "\"seen\":3|\"seen\":99999999999999999999|long",
        "\"change\":\"create\"|\"change\":\"delete\"|a change has before, after or both",
        "\"change\":\"create\"|\"change\":\"merge\"|a change has before, after or both",
        "\"change\":\"edit\"|\"change\":\"merge\"|change merge is not known at /changes/1 (line"
            + " 15)",
        "\"pattern\":\"a.example\",||pattern is missing at /changes/0 (line 14)",
        "\"id\":\"id-2\",||policy without id at /changes/1/before (line 15)",
        "2026-01-02T03:04:06Z|yesterday|the value must be a time",
        "DOMAIN|UNKNOWN|pattern_type must be EMAIL, DOMAIN or IP at /changes/0/after/pattern_type",
        "{\"comments\":null,\"is|{\"pattern\":\"x\",\"is|an edit leaves the pattern as it is"
      })
  void whatIsNoPlanIsRefusedInOneLineWithItsPlace(String part, String replacement, String message) {
    assertThat(DOCUMENT).contains(part);
    String edited =
        DOCUMENT.replaceFirst(
            Pattern.quote(part), Matcher.quoteReplacement(replacement == null ? "" : replacement));

    assertThatThrownBy(() -> read(edited))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no plan that can be used: ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "null", "{", "not JSON", "\u0000", "[[[[[[[[[[[[[["})
  void whatIsNoDocumentIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no plan that can be used: ");
    assertThatThrownBy(() -> read(DOCUMENT + "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(DOCUMENT + "{}")).hasMessageContaining("text behind its end");
  }

  @Test
  void everyPlaceWhereADocumentCanEndTooEarlyIsNoticed() {
    byte[] whole = DOCUMENT.strip().getBytes(UTF_8);
    for (int length = 0; length < whole.length; length++) {
      InputStream cut = new ByteArrayInputStream(whole, 0, length);
      assertThatThrownBy(() -> PlanReader.read(cut))
          .as("%s bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aStreamThatFailsIsNoMatterOfThePlan() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("gone");
          }
        };

    assertThatThrownBy(() -> PlanReader.read(broken))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  @Test
  void streamsAreLeftOpen() throws IOException {
    class Watched extends ByteArrayInputStream {
      private boolean closed;

      Watched(byte[] bytes) {
        super(bytes);
      }

      @Override
      public void close() {
        closed = true;
      }
    }
    Watched in = new Watched(DOCUMENT.getBytes(UTF_8));

    SyncPlan unused = PlanReader.read(in);

    assertThat(in.closed).isFalse();
  }

  @Test
  void everyFieldOfEveryChangeCountsInTheDigest() {
    List<UnaryOperator<AllowPolicy.Builder>> fields =
        List.of(
            policy -> policy.id(new PolicyId("other")),
            policy -> policy.createdAt(TIME),
            policy -> policy.modifiedAt(TIME),
            policy -> policy.modifiedAt(null),
            policy -> policy.pattern("other.example"),
            policy -> policy.patternTypeName("EMAIL"),
            policy -> policy.isRegex(true),
            policy -> policy.isRegex(null),
            policy -> policy.isTrustedSender(true),
            policy -> policy.isAcceptableSender(false),
            policy -> policy.isExemptRecipient(false),
            policy -> policy.verifySender(null),
            policy -> policy.comments("other"),
            policy -> policy.comments(null),
            policy -> policy.comments("\ud800"),
            policy -> policy.comments("\udc00"),
            policy -> policy.comments("\ufffd"),
            policy -> policy.comments("?"));
    Set<String> digests = new HashSet<>();
    digests.add(plan(List.of(new PolicyChange.Delete(BEFORE))).digest());
    for (var field : fields) {
      AllowPolicy policy = field.apply(PolicySnapshot.builder(BEFORE)).build();
      digests.add(plan(List.of(new PolicyChange.Delete(policy))).digest());
      digests.add(plan(List.of(new PolicyChange.Edit(policy, EDIT))).digest());
    }

    assertThat(digests).hasSize(2 * fields.size() + 1);
  }

  @Test
  void halvesOfSurrogatePairsSurvive() throws IOException {
    AllowPolicy odd =
        PolicySnapshot.builder(BEFORE).comments("a\ud800b\udc00\ud83d\ude00\ud83d").build();
    SyncPlan plan = plan(List.of(new PolicyChange.Delete(odd)));

    SyncPlan read = read(text(plan));

    assertThat(((PolicyChange.Delete) read.changes().get(0)).before()).isEqualTo(odd);
  }

  @Test
  void eachModeIsReadBack() throws IOException {
    for (SyncMode mode :
        List.of(new SyncMode.Upsert(), new SyncMode.Owned("x"), new SyncMode.All())) {
      SyncPlan plan = SyncPlan.builder(new AccountId("acc"), mode, PLAN.accountRead()).build();

      assertThat(read(text(plan)).mode()).isEqualTo(mode);
    }
  }

  // ---- approval

  @Test
  void theDigestDoesNotDependOnWhenAndHowTheAccountWasRead() {
    AccountRead later =
        new AccountRead(TIME.plusSeconds(60), TIME.plusSeconds(90), null, "fast", false, 9, 9, 9);
    SyncPlan other =
        SyncPlan.builder(PLAN.account(), PLAN.mode(), later)
            .unchanged(4)
            .overrides(PLAN.overrides())
            .warnings(PLAN.warnings())
            .changes(PLAN.changes())
            .build();

    assertThat(other.digest()).isEqualTo(DIGEST);
  }

  @Test
  void aPlanIsApprovedByItsOwnDigestOnly() {
    assertThat(PLAN.approve(DIGEST).plan()).isSameAs(PLAN);
    assertThatThrownBy(() -> PLAN.approve(DIGEST.replace('0', '1')))
        .isInstanceOf(PlanNotApprovedException.class)
        .hasMessageStartingWith("the plan is not the one that was reviewed: its digest is ");
  }

  @Test
  void aSignedPlanIsApprovedByTheKeyOfItsSignerOnly() throws Exception {
    KeyPair signer = keys();
    KeyPair other = keys();
    SyncPlan signed = read(text(PLAN.sign(signer.getPrivate())));

    assertThat(signed).isEqualTo(PLAN);
    assertThat(signed.approve(signer.getPublic()).plan()).isSameAs(signed);
    assertThat(signed.isSignedBy(other.getPublic())).isFalse();
    assertThatThrownBy(() -> signed.approve(other.getPublic()))
        .isInstanceOf(PlanNotApprovedException.class)
        .hasMessageContaining("is not of the trusted key");
    assertThatThrownBy(() -> PLAN.approve(signer.getPublic()))
        .isInstanceOf(PlanNotApprovedException.class)
        .hasMessageContaining("has no signature");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"started_at\":\"2026-11-21T08:00:00.500Z\"",
        "\"ended_at\":\"2026-11-21T08:00:02.500Z\"",
        "\"newest\":\"2026-11-21T08:00:00Z\""
      })
  void aSignatureCoversTheTimesOfTheReading(String member) throws Exception {
    KeyPair signer = keys();
    String signed = text(PLAN.sign(signer.getPrivate()));
    assertThat(signed).contains(member);

    SyncPlan edited = read(signed.replace(member, member.replace("2026-11-21", "2027-11-21")));

    assertThat(edited.isSignedBy(signer.getPublic())).isFalse();
  }

  @Test
  void keysAreReadFromPemAndNothingElseIs() throws Exception {
    KeyPair keys = keys();
    String privatePem = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    String publicPem = pem("PUBLIC KEY", keys.getPublic().getEncoded());

    assertThat(PLAN.sign(PlanKeys.privateKey(privatePem)).isSignedBy(PlanKeys.publicKey(publicPem)))
        .isTrue();
    for (String wrong :
        List.of("", "x", publicPem.replace("A", "!"), pem("PUBLIC KEY", new byte[9]))) {
      assertThatThrownBy(() -> PlanKeys.publicKey(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no public Ed25519 key in PEM form (-----BEGIN PUBLIC KEY-----)");
    }
    assertThatThrownBy(() -> PlanKeys.privateKey(publicPem))
        .hasMessage("no private Ed25519 key in PEM form (-----BEGIN PRIVATE KEY-----)");
    byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded();
    String rsaPem = pem("PUBLIC KEY", rsa);
    assertThatThrownBy(() -> PlanKeys.publicKey(rsaPem))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static KeyPair keys() throws NoSuchAlgorithmException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  private static String pem(String label, byte[] key) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(key));
  }

  private static SyncPlan plan(List<PolicyChange> changes) {
    AccountRead read =
        new AccountRead(TIME, TIME.plusSeconds(2), Account.START, "complete", true, 3, 1, 2);
    return SyncPlan.builder(new AccountId("acc"), new SyncMode.Owned("team-a"), read)
        .unchanged(4)
        .overrides(List.of(new SafetyRule.Overridden(SafetyRule.DELETES, "200 too many")))
        .warnings(List.of("take care"))
        .changes(changes)
        .build();
  }

  private static SyncPlan read(String text) throws IOException {
    return PlanReader.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static String text(SyncPlan plan) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    plan.write(out);
    return out.toString(UTF_8);
  }
}

package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.model.NewAllowPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignListReaderTest {
  private final List<NewAllowPolicy> policies = new ArrayList<>();

  private ForeignListReader.Report read(ListFormat format, String text) throws IOException {
    policies.clear();
    return ForeignListReader.read(
        format, "list", new ByteArrayInputStream(text.getBytes(UTF_8)), policies::add);
  }

  private List<String> patterns() {
    return policies.stream()
        .map(p -> p.patternType() + (p.isRegex() ? " regex " : " ") + p.pattern())
        .toList();
  }

  @Test
  void everyPolicyIsAnAcceptableSenderWithVerification() throws IOException {
    read(ListFormat.PLAIN, "partner.example\na@b.example\n8.8.8.0/24\n");

    assertThat(policies)
        .hasSize(3)
        .allMatch(p -> p.isAcceptableSender() && p.verifySender())
        .noneMatch(p -> p.isTrustedSender() || p.isExemptRecipient());
  }

  @ParameterizedTest
  @CsvSource({
    "*@partner.example, DOMAIN partner.example",
    "@partner.example, DOMAIN partner.example",
    "*.partner.example, EMAIL regex ^[^@]+@([A-Za-z0-9-]+\\.)+partner\\.example$",
    "*@*.partner.example, EMAIL regex ^[^@]+@([A-Za-z0-9-]+\\.)+partner\\.example$",
    "*.B\u00fccher.Example, EMAIL regex ^[^@]+@([A-Za-z0-9-]+\\.)+xn--bcher-kva\\.example$",
    "8.8.8.*, IP 8.8.8.0/24",
    "8.8.*.*, IP 8.8.0.0/16",
    "8.8.8.8, IP 8.8.8.8",
    "Name <a@partner.example>, EMAIL a@partner.example"
  })
  void wildcardsBecomeWhatTheServiceCanExpress(String sender, String pattern) throws IOException {
    ForeignListReader.Report report = read(ListFormat.PLAIN, sender + "\n");

    assertThat(patterns()).as("%s", report.leftOut()).containsExactly(pattern);
  }

  @Test
  void whatCannotBeExpressedIsListedWithItsLine() throws IOException {
    ForeignListReader.Report report =
        read(ListFormat.PLAIN, "# ours\nnews*@partner.example\n\n8.*.8.*\nno domain\n");

    assertThat(report.policies()).isZero();
    assertThat(report.leftOut())
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("list:2: news*@partner.example: "),
            line -> assertThat(line).startsWith("list:4: 8.*.8.*: "),
            line -> assertThat(line).startsWith("list:5: no domain: "));
  }

  @Test
  void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() {
    AtomicLong served = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            served.incrementAndGet();
            return 'a';
          }

          @Override
          public int read(byte[] target, int offset, int count) {
            Arrays.fill(target, offset, offset + count, (byte) 'a');
            served.addAndGet(count);
            return count;
          }
        };

    assertThatThrownBy(
            () -> ForeignListReader.read(ListFormat.PLAIN, "list", endless, policies::add))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the line is too long for an allow list");
    assertThat(served).hasValueLessThan(1 << 20);
  }

  @Test
  void ofALongEntryOnlyTheBeginningIsKept() throws IOException {
    ForeignListReader.Report report = read(ListFormat.PLAIN, "?".repeat(60_000));

    assertThat(report.leftOut())
        .singleElement()
        .asString()
        .contains("???\u2026: ")
        .hasSizeLessThan(700);
  }

  @Test
  void linesMayEndAsOnAnySystem() throws IOException {
    ForeignListReader.Report report =
        read(ListFormat.PLAIN, "a.example\r\n\r\nb.example\rno domain\nc.example");

    assertThat(patterns())
        .containsExactly("DOMAIN a.example", "DOMAIN b.example", "DOMAIN c.example");
    assertThat(report.leftOut()).singleElement().asString().startsWith("list:4: no domain: ");
  }

  @Test
  void allowedSendersOfMicrosoft365AreTakenWithTheirLastDay() throws IOException {
    ForeignListReader.Report report =
        read(
            ListFormat.M365,
            """
            "Value","Action","ListType","ListSubType","ExpirationDate","NoExpiration","Notes"
            "partner.example","Allow","Sender","Tenant","2027-03-31T00:00:00.0000000Z","False","ticket 4711"
            "bad.example","Block","Sender","Tenant","","True",""
            "https://x.example","Allow","Url","Tenant","","True",""
            "a@b.example","Allow","Sender","Tenant","","True",""
            """);

    assertThat(patterns()).containsExactly("DOMAIN partner.example", "EMAIL a@b.example");
    assertThat(policies)
        .extracting(NewAllowPolicy::comments)
        .containsExactly("ticket 4711 [allowflux:expires=2027-03-31]", null);
    assertThat(report.leftOut())
        .containsExactly(
            "list:3: bad.example: is not allowed there but Block",
            "list:4: https://x.example: is no sender but Url");
  }

  @Test
  void aListOfMicrosoft365WithoutItsColumnsIsRefused() {
    assertThatThrownBy(() -> read(ListFormat.M365, "a,b\n1,2\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there is no column value or entry or entries");
  }

  @Test
  void entriesOfProofpointAndGoogleMayShareALine() throws IOException {
    read(ListFormat.PROOFPOINT, "*@a.example; b.example, 8.8.8.0/24\nc@d.example");
    List<String> proofpoint = patterns();
    read(ListFormat.GOOGLE, "a.example, b@c.example\n");

    assertThat(proofpoint)
        .containsExactly(
            "DOMAIN a.example", "DOMAIN b.example", "IP 8.8.8.0/24", "EMAIL c@d.example");
    assertThat(patterns()).containsExactly("DOMAIN a.example", "EMAIL b@c.example");
  }

  @Test
  void exemptSendersOfBarracudaAreTaken() throws IOException {
    ForeignListReader.Report report =
        read(
            ListFormat.BARRACUDA,
            "Sender,Policy,Comment\n"
                + "a.example,exempt,ours\n"
                + "b.example,block,\n"
                + "c.example,Quarantine,\n");

    assertThat(patterns()).containsExactly("DOMAIN a.example");
    assertThat(report.leftOutCount()).isEqualTo(2);
  }

  @Test
  void aFirstSenderOfBarracudaWithAnUnknownPolicyIsNoTitle() throws IOException {
    ForeignListReader.Report report =
        read(ListFormat.BARRACUDA, "a.example,exmept,ours\nb.example,exempt,\n");

    assertThat(patterns()).containsExactly("DOMAIN b.example");
    assertThat(report.leftOut()).singleElement().asString().contains("a.example", "exmept");
  }

  @Test
  void welcomeListsOfSpamAssassinAreTaken() throws IOException {
    ForeignListReader.Report report =
        read(
            ListFormat.SPAMASSASSIN,
            """
            # site policy
            welcomelist_from *@a.example b@c.example
            whitelist_auth *.d.example   # bulk
            welcomelist_from_rcvd x@y.example y.example
            score FOO 1
            """);

    assertThat(patterns())
        .containsExactly(
            "DOMAIN a.example",
            "EMAIL b@c.example",
            "EMAIL regex ^[^@]+@([A-Za-z0-9-]+\\.)+d\\.example$");
    assertThat(report.leftOut())
        .extracting(line -> line.substring(0, line.lastIndexOf(':')))
        .containsExactly("list:4: welcomelist_from_rcvd", "list:5: score");
  }
}

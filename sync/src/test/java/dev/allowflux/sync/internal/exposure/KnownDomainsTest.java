package dev.allowflux.sync.internal.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of domains that were compiled by hand: their form, their date and their breadth. */
class KnownDomainsTest {

  private static List<String> lines(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(KnownDomains.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"free-mail-providers.txt", "shared-senders.txt", "impersonated-brands.txt"})
  void aListSaysWhenItWasRevisedAndHasEachNameOnce(String name) throws IOException {
    List<String> lines = lines(name);

    assertThat(String.join("\n", lines.subList(0, 4)))
        .containsPattern("Compiled by hand.*; last revised \\d{4}-\\d\\d-\\d\\d");
    List<String> names =
        lines.stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    assertThat(names)
        .doesNotHaveDuplicates()
        .allMatch(
            line ->
                line.matches(
                    "(?:\\.|\\*\\.)?[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,}|[a-z0-9-]+\\.\\*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.fr",
        "hotmail.co.uk",
        "hotmail.de",
        "live.nl",
        "live.com.au",
        "msn.com",
        "yahoo.com",
        "yahoo.co.jp",
        "yahoo.com.br",
        "yahoo.de",
        "ymail.com",
        "aol.com",
        "aol.de",
        "icloud.com",
        "me.com",
        "mac.com",
        "proton.me",
        "protonmail.com",
        "protonmail.ch",
        "tutanota.com",
        "tuta.com",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "zoho.com",
        "zoho.eu",
        "fastmail.com",
        "yandex.ru",
        "yandex.com",
        "mail.ru",
        "rambler.ru",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "libero.it",
        "virgilio.it",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "seznam.cz",
        "wp.pl",
        "onet.pl",
        "interia.pl",
        "o2.pl",
        "abv.bg",
        "ukr.net",
        "bluewin.ch",
        "ziggo.nl",
        "telenet.be",
        "skynet.be",
        "telia.com",
        "online.no",
        "sapo.pt",
        "terra.com.br",
        "uol.com.br",
        "bol.com.br",
        "rediffmail.com",
        "bigpond.com",
        "xtra.co.nz",
        "comcast.net",
        "verizon.net",
        "att.net",
        "cox.net",
        "shaw.ca",
        "rogers.com",
        "btinternet.com",
        "virginmedia.com",
        "talktalk.net",
        "docomo.ne.jp",
        "singnet.com.sg",
        "mailinator.com",
        "yopmail.com"
      })
  void aProviderAtWhichAnybodyCanOpenAnAddressIsKnown(String domain) {
    assertThat(has(domain, FindingKind.FREE_MAIL_PROVIDER)).isTrue();
    assertThat(has("someones-shop." + domain, FindingKind.FREE_MAIL_PROVIDER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amazonses.com",
        "eu-west-1.amazonses.com",
        "sendgrid.net",
        "u1234.ct.sendgrid.net",
        "mailgun.org",
        "mandrillapp.com",
        "mcsv.net",
        "sparkpostmail.com",
        "mtasv.net",
        "outbound.protection.outlook.com",
        "mail-db3pr0102.outbound.protection.outlook.com",
        "mail-sor-f41.google.com",
        "onmicrosoft.com",
        "pphosted.com",
        "mimecast.com",
        "hubspotemail.net",
        "exacttarget.com",
        "createsend.com",
        "klaviyomail.com",
        "constantcontact.com",
        "mailjet.com",
        "sendinblue.com",
        "zendesk.com"
      })
  void aSenderThatManyShareIsKnown(String domain) {
    assertThat(has(domain, FindingKind.SHARED_SENDER) || has(domain, FindingKind.PUBLIC_SUFFIX))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "microsoft.com",
        "login.microsoftonline.com",
        "accounts.google.com",
        "apple.com",
        "okta.com",
        "paypal.com",
        "paypal.de",
        "stripe.com",
        "amazon.co.uk",
        "ebay.de",
        "docusign.net",
        "dropbox.com",
        "adobe.com",
        "intuit.com",
        "chase.com",
        "hsbc.com",
        "coinbase.com",
        "dhl.com",
        "fedex.com",
        "ups.com",
        "linkedin.com",
        "irs.gov",
        "hmrc.gov.uk"
      })
  void aBrandThatIsForgedIsKnown(String domain) {
    assertThat(has(domain, FindingKind.BRAND_WITHOUT_VERIFICATION)).isTrue();
  }

  private static boolean has(String domain, FindingKind kind) {
    return PatternExposure.of(PatternType.DOMAIN, false, domain).has(kind);
  }
}

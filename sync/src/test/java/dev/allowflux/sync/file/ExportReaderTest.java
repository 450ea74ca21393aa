package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportReaderTest {
  private final List<AllowPolicy> policies = new ArrayList<>();

  private void read(InputStream in) throws IOException {
    ExportReader.read("list", in, (policy, place) -> policies.add(policy));
  }

  private void read(String text) throws IOException {
    read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account_id,pattern,pattern_type\none,a.example,DOMAIN\n,b.example,DOMAIN\n",
        "{\"account_id\":\"one\",\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":null,\"pattern\":\"b.example\",\"pattern_type\":\"DOMAIN\"}\n",
      })
  void theAccountOfAPolicyIsHandedOnWithoutANote(String text) throws IOException {
    List<String> seen = new ArrayList<>();
    PolicyFileReport report =
        ExportReader.read("list", new ByteArrayInputStream(text.getBytes(UTF_8)), accounts(seen));

    assertThat(seen).containsExactly("a.example of one", "b.example of null");
    assertThat(report.noteCount()).isZero();
  }

  private static ExportReader.Visitor accounts(List<String> seen) {
    return new ExportReader.Visitor() {
      @Override
      public boolean takesAccounts() {
        return true;
      }

      @Override
      public void visit(AllowPolicy policy, String place) {
        throw new AssertionError("the account is left out");
      }

      @Override
      public void visit(AllowPolicy policy, String place, @Nullable AccountId account) {
        seen.add(policy.pattern() + " of " + account);
      }
    };
  }

  @Test
  void anAccountThatCanBeNoneIsAProblemOfItsLine() {
    String text = "account_id,pattern,pattern_type\n..,a.example,DOMAIN\n";
    InputStream in = new ByteArrayInputStream(text.getBytes(UTF_8));
    assertThatThrownBy(() -> ExportReader.read("list", in, accounts(new ArrayList<>())))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.line()).isEqualTo(2))
                    .asString()
                    .contains("account_id"));
  }

  /** Reading fails with one problem, and that says what is wrong. */
  private static void assertRefused(ThrowingCallable reading, String what) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems()).singleElement().asString().contains(what));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2026-03-04"})
  void aTextThatIsNoTimeIsRefusedInTheFirstPolicyToo(String time) {
    assertRefused(
        () -> read("{\"pattern\":\"a.example\",\"created_at\":\"" + time + "\"}"),
        "created_at is no time: " + time);
  }

  @Test
  void cellsOfTheDashboardAreReadWithoutTheBlankBehindTheComma() throws IOException {
    read("Pattern, Pattern Type, Notes\nevil.example, Domain, by hand\n");

    assertThat(policies)
        .singleElement()
        .satisfies(
            policy -> {
              assertThat(policy.pattern()).isEqualTo("evil.example");
              assertThat(policy.patternTypeName()).isEqualTo("DOMAIN");
              assertThat(policy.comments()).isEqualTo("by hand");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}\n", "[{}]", "{\"unknown\":1}\n"})
  void anObjectWithoutAFieldOfAPolicyIsNone(String text) {
    assertRefused(() -> read(text), "is no policy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account_id,id,pattern,pattern_type\na,1,x.example,DOMAIN\nb,1,x.example,DOMAIN\n",
        "{\"account_id\":\"a\",\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}\n"
            + "{\"account_id\":\"b\",\"pattern\":\"x.example\",\"pattern_type\":\"DOMAIN\"}\n"
      })
  void anExportOfManyAccountsIsNoneOfOneAndSaysSoOnce(String text) {
    assertRefused(() -> read(text), "account_id is of an export of many accounts");
  }

  @Test
  void aQuotedCellThatHoldsAWholeRowIsRefused() {
    assertRefused(
        () ->
            read(
                "pattern,pattern_type,comments\na.example,DOMAIN,\"x\nb.example,DOMAIN,y\n"
                    + "c.example,DOMAIN,z\"\n"),
        "has a whole row in it");
  }

  @Test
  void aFileThatChangesWhileItIsReadIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.ndjson");
    Files.writeString(file, "{\"pattern\":\"a.example\"}\n");

    assertThatThrownBy(
            () ->
                ExportReader.read(
                    file,
                    (policy, place) -> {
                      try {
                        Files.writeString(file, "{}\n", StandardOpenOption.APPEND);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }))
        .isInstanceOf(InputException.class)
        .satisfies(
            e ->
                assertThat(((InputException) e).problems())
                    .anySatisfy(
                        problem -> assertThat(problem.reason()).contains("the file changed")));
  }

  @Test
  void aFailureOfTheInputIsNotTakenForWrongJson() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream("{\"pattern\":".getBytes(UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the disk is gone");
              }

              @Override
              public int read(byte[] target, int offset, int count) throws IOException {
                throw new IOException("the disk is gone");
              }
            });

    assertThatThrownBy(() -> read(broken))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is gone");
  }

  @Test
  void jsonThatIsNotUtf8IsRefusedAsSuch() {
    String latin = "{\"pattern\":\"\u00e4.example\"}";

    assertThatThrownBy(() -> read(new ByteArrayInputStream(latin.getBytes(ISO_8859_1))))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems())
                    .singleElement()
                    .satisfies(
                        problem ->
                            assertThat(problem.reason()).startsWith("this is not valid UTF-8")));
  }
}

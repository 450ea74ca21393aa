package dev.allowflux.sync.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListFormatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "M365 | \"Value\",\"Action\",\"ListType\"\\na.example,Allow,Sender\\n",
        "M365 | ListType,Entries,Action,Notes\\n",
        "SPAMASSASSIN | score X 5\\nWHITELIST_FROM a@b.example\\n",
        "BARRACUDA | a.example,exempt,\\nb.example,\"block\",x\\n",
        "BARRACUDA | Sender,Policy,Comment\\na.example,quarantine,\\n",
        "PLAIN | a.example\\n\\n# note\\nb@c.example\\n",
        "PLAIN | a.example",
        "PLAIN | *@a.example # ours\\n8.8.8.*\\n",
        "PROOFPOINT | a.example; b@c.example\\n*.d.example\\n",
        "PROOFPOINT | a.example,b.example,\\n"
      })
  void aListIsRecognisedByItsContent(ListFormat format, String text) {
    assertThat(ListFormat.recognise(text.replace("\\n", "\n"))).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "pattern,pattern_type\na.example,DOMAIN\n",
        "Values,Rule Type\na.example,DOMAIN\n",
        "pattern,pattern_type,comments\na.example,DOMAIN,\"see\nwhitelist_from a@b.example\"\n",
        "a.example,DOMAIN,true\n",
        "a.example;DOMAIN\n",
        "a.example\nb example\n",
        "a.example, b.example # ours\n",
        "# a.example\n",
        "welcomelist_from\n",
        "Value,Action,Notes\n",
        "a.example,exempt,\nb.example,ignored,\n"
      })
  void whatIsNotCertainIsNotRecognised(String text) {
    assertThat(ListFormat.recognise(text)).isNull();
  }

  @Test
  void aLineBehindTheLastWholeOneSaysNothing() {
    assertThat(ListFormat.recognise("a.example\nb@c.exa mple")).isEqualTo(ListFormat.PLAIN);
  }

  /** Far enough behind the beginning that the list was recognised without it. */
  @Test
  void aLaterLineThatIsNoSenderRefusesAListThatWasRecognised() {
    String text = "a.example\n".repeat(20_000) + "no sender\n";

    assertThatThrownBy(() -> read(PolicyFileReader.of(new SyncMode.Upsert()), text))
        .isInstanceOfSatisfying(
            InputException.class,
            e ->
                assertThat(e.problems().toString())
                    .contains("list:20001: no sender: ", "--from leaves such lines out"));
  }

  @Test
  void aLaterLineThatIsNoSenderIsLeftOutOfAListThatWasNamed() throws IOException {
    String text = "a.example\n".repeat(20_000) + "no sender\n";

    List<DesiredPolicy> read =
        read(PolicyFileReader.of(new SyncMode.Upsert()).ofForeignList(ListFormat.PLAIN), text);

    assertThat(read).hasSize(20_000);
  }

  @Test
  void aListThatIsCutIsRefusedWhereAPlanDeletes() {
    assertThatThrownBy(() -> read(PolicyFileReader.of(new SyncMode.All()), "a.example\nb.exa"))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems().toString()).contains("the last line has no line end"));
  }

  private static List<DesiredPolicy> read(PolicyFileReader reader, String text) throws IOException {
    List<DesiredPolicy> read = new ArrayList<>();
    PolicyFileReport report =
        reader.read("list", new ByteArrayInputStream(text.getBytes(UTF_8)), read::add);
    assertThat(report.policies()).isEqualTo(read.size());
    return read;
  }
}

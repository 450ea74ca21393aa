package dev.allowflux.sync.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountListTest {
  private static List<AccountEntry> read(String text) throws IOException {
    return AccountList.read("accounts", new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account,name,credential\na1,\"Harbour, north\",env:TOKEN_1\na2,,file:/run/token\na3\n",
        "\ufeffcredential,account,name\r\nenv:TOKEN_1,a1,\"Harbour, north\"\r\n"
            + "file:/run/token,a2,\r\n\r\n,a3,\r\n",
        "{\"account\":\"a1\",\"name\":\"Harbour, north\",\"credential\":\"env:TOKEN_1\"}\n"
            + "{\"account\":\"a2\",\"credential\":\"file:/run/token\",\"name\":null}\n"
            + "{\"account\":\"a3\"}"
      })
  void aListIsReadInItsOrder(String text) throws IOException {
    assertThat(read(text))
        .containsExactly(
            new AccountEntry(new AccountId("a1"), "Harbour, north", "env:TOKEN_1"),
            new AccountEntry(new AccountId("a2"), "", "file:/run/token"),
            new AccountEntry(new AccountId("a3"), "", null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "account\\na1\\na1\\n | accounts:3: account a1 is in the list twice",
        "account,naem\\n"
            + "a1,x\\n"
            + " | accounts:1:9: the columns are account, name, credential, add and without",
        "account,account\\na1,a1\\n | accounts:1:9: the columns are",
        "account\\na1,x\\n | accounts:2:4: this cell is one too many",
        "account\\n\"a1\\n | accounts:2:1: the quote that opens here is never closed",
        "account,name\\n,x\\n | accounts:2: ",
        "account\\n | accounts: there is no account",
        "{\"account\":\"a1\",\"token\":\"x\"} | accounts:1:",
        "{\"account\":1} | account must be text",
        "{\"account\":\"a1\" | accounts:1:"
      })
  void aWrongListIsRefusedWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOf(InputException.class)
        .satisfies(
            e -> assertThat(((InputException) e).problems().toString()).contains(message.strip()));
  }

  @Test
  void theFilesOfAnAccountAreBesideTheList(@TempDir Path folder) throws IOException {
    Path list =
        Files.writeString(
            folder.resolve("accounts.csv"),
            "account,add,without\na1,more/a1.csv,\na2,,less.csv\na3,/a,/b\n");

    List<AccountEntry> accounts = AccountList.read(list);

    assertThat(accounts)
        .extracting(AccountEntry::add)
        .containsExactly(folder.resolve("more/a1.csv"), null, Path.of("/a"));
    assertThat(accounts)
        .extracting(AccountEntry::without)
        .containsExactly(null, folder.resolve("less.csv"), Path.of("/b"));
    assertThatThrownBy(() -> read("account,add,without\na1,x.csv,./x.csv\n"))
        .hasMessage("accounts:2: add and without are the same file: x.csv");
  }

  @Test
  void aTokenInPlaceOfAReferenceIsRefusedAndNotShown() {
    assertThatThrownBy(() -> read("account,credential\na1,very-secret-token\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("credential must be env:NAME or file:PATH")
        .hasMessageNotContaining("very-secret-token");
  }
}

package dev.allowflux.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SqlFailureTest {

  @Test
  void aFullDiskIsSaidInTheWordsOfTheSystem() {
    IOException full = new IOException("No space left on device");
    SQLException failure =
        new SQLException(
            "General error: \"Writing to sun.nio.ch.FileChannelImpl@4ac85674 failed\" [50000-240]",
            new IllegalStateException(new UncheckedIOException(full)));

    assertThat(SqlFailure.broken(failure))
        .hasMessage("the temporary database failed: No space left on device")
        .hasCause(failure);
  }

  @Test
  void aFailureOfTheDatabaseAloneIsSaidInItsWords() {
    assertThat(SqlFailure.broken(new SQLException("the file is locked [90020-240]")))
        .hasMessage("the temporary database failed: the file is locked");
  }
}

package dev.allowflux.sync;

import dev.allowflux.sync.internal.journal.FileJournal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a run of a plan records what it sends, so that a run that was broken off can go on: lines
 * of text, kept in their order.
 *
 * <p>{@link #file} is what most need. Other implementations keep the lines elsewhere, for instance
 * in a database. A line has no secret: numbers of changes, ids of policies, times, ids of responses
 * and messages, never the content of a policy, never a credential. All methods may block; they are
 * called on {@link reactor.core.scheduler.Schedulers#boundedElastic()}, one at a time.
 *
 * @since 0.1
 */
public interface ApplyJournal {

  /**
   * Returns a journal in a file.
   *
   * <p>The file is made with mode 0600, is never opened through a symbolic link, and every line is
   * forced to disk. Each line has a checksum over itself and all lines before it, so that an
   * edited, lost or doubled line shows; only the last line may be torn, as a crash leaves it, and
   * is dropped. A file of the same name with {@code .lock} behind it keeps a second process from
   * using the journal; it stays when the run has ended, until {@link #deleteUnlessUnconfirmed}
   * deletes both.
   *
   * @param path the file; made if it does not exist
   * @return a journal that is opened by each run
   */
  static ApplyJournal file(Path path) {
    return new FileJournal(path);
  }

  /**
   * Deletes the journal of a plan that is no longer there, unless changes of it may yet be carried
   * out. Blocks. Whoever has the plan goes on with it instead, or {@linkplain
   * AllowPolicySync#settle settles} it.
   *
   * @param path the file of a journal
   * @return how many changes were sent whose outcome is unconfirmed: the journal is as it was; 0 if
   *     it was deleted
   * @throws ApplyRefusedException if a run has the journal open, or what is there is no journal or
   *     damaged
   * @throws IOException if it cannot be read or deleted
   */
  static int deleteUnlessUnconfirmed(Path path) throws IOException {
    return new FileJournal(path).deleteUnlessUnconfirmed();
  }

  /**
   * Opens the journal for one run and keeps others from opening it.
   *
   * @return the open journal
   * @throws ApplyRefusedException if another run has it open, or what is there is no journal or
   *     damaged
   * @throws IOException if it cannot be read
   */
  Open open() throws IOException;

  /** Returns the name of the journal for messages, such as the path of the file. */
  @Override
  String toString();

  /**
   * A journal that one run has open.
   *
   * @since 0.1
   */
  interface Open extends Closeable {

    /**
     * Returns the lines that are there.
     *
     * @return all lines in order, without line ends; empty if the journal is new
     */
    List<String> lines();

    /**
     * Adds a line behind the others.
     *
     * @param line one line of JSON without a line end; kept for certain once this returns
     * @throws IOException if it may not have been kept; the run ends then
     */
    void append(String line) throws IOException;

    /**
     * Gives the journal up, so that another run can open it.
     *
     * @throws IOException if that fails
     */
    @Override
    void close() throws IOException;
  }
}

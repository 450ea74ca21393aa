package dev.allowflux.sync.file;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.sync.internal.input.InputFile;
import dev.allowflux.sync.internal.input.InputText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Reads desired policies from a file: lines of JSON, one JSON array, or CSV, whichever it looks
 * like at its first character.
 *
 * <ul>
 *   <li><b>JSON</b> has the API's field names. An object may stand on one line or on several. A
 *       field that is missing or null is not managed; null comments remove them.
 *   <li><b>CSV</b> has the columns of an export or of the service's dashboard in any of its forms
 *       since 2022, in any order, with commas, semicolons, tabs or bars between them. An empty cell
 *       is not managed, but for comments, where it removes them. Flags are true, false, yes, no and
 *       the words for them that spreadsheets write in other languages.
 *   <li><b>Lists of other products</b> ({@link ListFormat}) are read as {@link ForeignListReader}
 *       does, where their content says for certain what they are, or where {@link #ofForeignList}
 *       does; what the service cannot express is noted and left out.
 *   <li><b>Text</b> is UTF-8, or UTF-16 with a byte order mark.
 *   <li><b>Patterns</b> that certainly mean another text, such as {@code mailto:a@b.example}, are
 *       turned into it, which the report says; others that are none are refused.
 * </ul>
 *
 * <p><b>Damage.</b> An input is used as a whole or not at all: a quote that is not closed, a row or
 * an object that ends in the middle, bytes that are no text, an unknown field, a file that changed
 * while it was read, and whatever else is wrong ends in one {@link InputException} that names the
 * lines. In a mode that deletes, a last line without its end counts as damage too, since the rest
 * may be missing.
 *
 * <p>An object of this class never changes and is safe for use by many threads.
 *
 * @since 0.1
 */
public final class PolicyFileReader {
  private final boolean deletes;
  private final boolean unfinishedLine;

  private final @Nullable ListFormat format;

  private PolicyFileReader(boolean deletes, boolean unfinishedLine, @Nullable ListFormat format) {
    this.deletes = deletes;
    this.unfinishedLine = unfinishedLine;
    this.format = format;
  }

  /**
   * Makes a reader.
   *
   * @param mode what the policies are for: a mode that deletes asks more of a file
   * @return a new reader
   */
  public static PolicyFileReader of(SyncMode mode) {
    requireNonNull(mode, "mode");
    return new PolicyFileReader(!(mode instanceof SyncMode.Upsert), false, null);
  }

  /**
   * Returns a reader that takes a last line without its end in every mode.
   *
   * @return a reader that is otherwise the same
   */
  public PolicyFileReader allowingUnfinishedLine() {
    return new PolicyFileReader(deletes, true, format);
  }

  /**
   * Returns a reader that takes every input for a list of another product, as {@link
   * ForeignListReader} reads it. Without it an input is taken for one where that is certain.
   *
   * @param format the form of the list
   * @return a reader that is otherwise the same
   */
  public PolicyFileReader ofForeignList(ListFormat format) {
    return new PolicyFileReader(deletes, unfinishedLine, requireNonNull(format, "format"));
  }

  /**
   * Reads a file to its end. Blocks. What is no regular file, such as a pipe, can be read too.
   *
   * @param file the file
   * @param policies takes the policies one by one, in the order of the file; to be dropped if this
   *     method fails
   * @return what was read
   * @throws InputException if anything is wrong with the content
   * @throws IOException if the file cannot be read
   */
  public PolicyFileReport read(Path file, Consumer<? super DesiredPolicy> policies)
      throws IOException {
    requireNonNull(policies, "policies");
    try (PolicyReading reading = open(file)) {
      return read(reading, policies);
    }
  }

  /**
   * Reads an input to its end. Blocks.
   *
   * @param source what messages call the input
   * @param in the input; left open
   * @param policies takes the policies one by one, in the order of the input; to be dropped if this
   *     method fails
   * @return what was read
   * @throws InputException if anything is wrong with the content
   * @throws IOException if the input cannot be read
   */
  public PolicyFileReport read(
      String source, InputStream in, Consumer<? super DesiredPolicy> policies) throws IOException {
    requireNonNull(source, "source");
    requireNonNull(in, "in");
    requireNonNull(policies, "policies");
    return read(reading(source, in, null), policies);
  }

  private static PolicyFileReport read(
      PolicyReading reading, Consumer<? super DesiredPolicy> policies) throws IOException {
    for (DesiredPolicy next = reading.next(); next != null; next = reading.next()) {
      policies.accept(next);
    }
    return reading.finish();
  }

  /**
   * Reads a file as it is demanded, in bounded memory.
   *
   * <p>Each subscription opens the file on {@link Schedulers#boundedElastic()}, reads there as much
   * as is demanded, and closes it at the end, after a failure and after a cancel. Policies come
   * before the end of the file was seen: a failure at the end means that none of them is to be
   * used. Fails with {@link InputException} if anything is wrong with the content, and with {@link
   * IOException} if the file cannot be read.
   *
   * @param file the file
   * @param whenRead takes what was read, before the completion of each subscription
   * @return the policies in the order of the file; cold
   */
  public Flux<DesiredPolicy> policies(Path file, Consumer<? super PolicyFileReport> whenRead) {
    requireNonNull(file, "file");
    requireNonNull(whenRead, "whenRead");
    return Flux.<DesiredPolicy, PolicyReading>generate(
            () -> open(file),
            (reading, sink) -> {
              try {
                DesiredPolicy next = reading.next();
                if (next != null) {
                  sink.next(next);
                } else {
                  whenRead.accept(reading.finish());
                  sink.complete();
                }
              } catch (IOException e) {
                sink.error(e);
              }
              return reading;
            },
            PolicyReading::close)
        .subscribeOn(Schedulers.boundedElastic());
  }

  private PolicyReading open(Path file) throws IOException {
    InputFile opened = InputFile.open(requireNonNull(file, "file"));
    return reading(file.toString(), opened.stream(), opened);
  }

  private PolicyReading reading(String source, InputStream in, @Nullable InputFile file) {
    return new PolicyReading(
        new InputText(in), new InputLog(source), format, deletes && !unfinishedLine, file);
  }
}

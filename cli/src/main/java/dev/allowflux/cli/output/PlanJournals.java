package dev.allowflux.cli.output;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.ApplyRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The journals beside the file of a plan, or of many, which are named after it and its digest. The
 * next plan in the same file has others, and no command reads the earlier ones any more.
 */
public final class PlanJournals {
  /** The end of the name of a journal. */
  public static final String ONE = ".journal";

  /** The end of the name of a folder with a journal for each account. */
  public static final String MANY = ".journals";

  /** The end of the name of the file that locks a journal. */
  private static final String LOCK = ".lock";

  private static final int DIGITS = 12;
  private static final int MOST_NAMED = 3;

  private final Invocation invocation;
  private final List<Path> unconfirmed = new ArrayList<>();
  private long changes;

  private PlanJournals(Invocation invocation) {
    this.invocation = invocation;
  }

  /** Returns the journal, or the folder of journals, of a plan in a file. */
  public static Path path(Path file, String digest, String suffix) {
    return file.resolveSibling(file.getFileName() + "." + digest.substring(0, DIGITS) + suffix);
  }

  /**
   * Deletes the journals of earlier plans in a file, and says which of them have changes whose
   * outcome is unconfirmed: those stay. What cannot be read or deleted is no reason not to go on.
   *
   * @param digest the digest of the plan that is in the file, whose journal is left alone
   */
  public static void sweep(Invocation invocation, Path file, String digest) {
    String name = Pattern.quote(file.getFileName() + ".");
    String own = digest.substring(0, DIGITS);
    Pattern earlier = Pattern.compile(name + "(?!" + own + ")[0-9a-f]{12}\\.journal(s|\\.lock)?");
    PlanJournals journals = new PlanJournals(invocation);
    try {
      Path folder = Objects.requireNonNullElse(file.getParent(), Path.of(""));
      for (String found : names(folder, earlier)) {
        Path path = folder.resolve(found);
        if (!found.endsWith(MANY)) {
          journals.sweep(path);
        } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          journals.sweepAll(path);
        }
      }
    } catch (IOException e) {
      invocation.say("journals of earlier plans: " + FileFailure.describe(e));
    }
    journals.report();
  }

  private static List<String> names(Path folder, Pattern pattern) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> pattern.matcher(name).matches())
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(folder + ": its files cannot be listed", e);
    }
  }

  private void sweepAll(Path folder) throws IOException {
    for (String name : names(folder, Pattern.compile(".*\\.journal(\\.lock)?"))) {
      sweep(folder.resolve(name));
    }
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // What is unconfirmed stays, and so does what is no journal.
      return;
    }
  }

  /**
   * Deletes a journal, or the lock of one that somebody has deleted. Nothing is read or deleted
   * through a link, which somebody else may have put there.
   */
  private void sweep(Path file) {
    String name = file.getFileName().toString();
    Path journal =
        name.endsWith(LOCK)
            ? file.resolveSibling(name.substring(0, name.length() - LOCK.length()))
            : file;
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || (!journal.equals(file) && Files.exists(journal, LinkOption.NOFOLLOW_LINKS))) {
      return;
    }
    try {
      int open = ApplyJournal.deleteUnlessUnconfirmed(journal);
      if (open > 0) {
        unconfirmed.add(journal);
        changes += open;
      }
    } catch (ApplyRefusedException e) {
      invocation.say("journal of an earlier plan: " + e.getMessage());
    } catch (IOException e) {
      invocation.say("journal of an earlier plan: " + FileFailure.describe(e));
    }
  }

  private void report() {
    if (unconfirmed.isEmpty()) {
      return;
    }
    int more = unconfirmed.size() - MOST_NAMED;
    invocation.say(
        "the outcome of "
            + CountText.changes(changes)
            + " of an earlier plan is unconfirmed, see "
            + unconfirmed.stream()
                .limit(MOST_NAMED)
                .map(Path::toString)
                .collect(Collectors.joining(", "))
            + (more > 0 ? " and " + CountText.of(more, "more journal", "more journals") : "")
            + ": plan again in a few minutes, then delete the "
            + (unconfirmed.size() == 1 ? "journal" : "journals"));
  }
}

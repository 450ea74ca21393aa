package dev.allowflux.sync.file;

import dev.allowflux.error.InputException;
import dev.allowflux.error.InputException.Problem;
import dev.allowflux.internal.text.CountText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is said about one input: the first of it in words, the rest in numbers. */
final class InputLog {
  private static final int MOST = 50;

  private final String source;
  private final List<Problem> problems = new ArrayList<>();
  private final List<InputNote> notes = new ArrayList<>();
  private final Set<String> saidOnce = new HashSet<>();
  private long problemCount;
  private long noteCount;
  private long policies;
  private long skipped;

  InputLog(String source) {
    this.source = source;
  }

  String source() {
    return source;
  }

  void problem(long line, long column, String reason) {
    problemCount++;
    if (problems.size() < MOST) {
      problems.add(new Problem(source, line, column, reason));
    }
  }

  /** Says it where it is first found, and no more after that. */
  void problemOnce(long line, long column, String reason) {
    if (saidOnce.add(reason)) {
      problem(line, column, reason);
    }
  }

  void note(long line, long column, String text) {
    noteCount++;
    if (notes.size() < MOST) {
      notes.add(new InputNote(source, line, column, text));
    }
  }

  /** Says it where it is first found, and no more after that. */
  void noteOnce(long line, long column, String text) {
    if (saidOnce.size() < MOST && saidOnce.add(text)) {
      note(line, column, text);
    }
  }

  void policy() {
    policies++;
  }

  void skipped() {
    skipped++;
  }

  /** Returns what was read; fails if anything is wrong with it. */
  PolicyFileReport finish() {
    if (problemCount > 0) {
      String count = CountText.of(problemCount, "problem", "problems");
      throw new InputException(source + " has " + count, problems, problemCount);
    }
    return new PolicyFileReport(policies, skipped, notes, noteCount);
  }
}

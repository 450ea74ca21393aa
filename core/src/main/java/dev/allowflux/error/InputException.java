package dev.allowflux.error;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.SafeText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text that somebody gave as policies and that cannot be used: nothing of it was taken. Says all
 * that is wrong with it, each with its place.
 *
 * @since 0.1
 */
public final class InputException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * One thing that is wrong.
   *
   * @param source the file, or another name for where the text came from; {@code null} if it has
   *     none
   * @param line the line where it begins, from 1; 0 if it has no line
   * @param column the column where it begins, from 1, in code points; 0 if it has no column
   * @param reason what is wrong, in one line that is safe to show
   * @param pointer the JSON pointer (RFC 6901) of the value that is wrong, such as {@code
   *     /comments}; {@code null} if the text is not JSON, or the whole is wrong
   * @since 0.1
   */
  public record Problem(
      @Nullable String source, long line, long column, String reason, @Nullable String pointer) {

    /**
     * Makes the source, the reason and the pointer safe to show.
     *
     * @param source the file, or {@code null}
     * @param line the line, or 0
     * @param column the column, or 0
     * @param reason what is wrong
     * @param pointer the value that is wrong, or {@code null}
     */
    public Problem {
      source = source == null ? null : SafeText.line(source);
      reason = SafeText.line(reason);
      pointer = pointer == null ? null : SafeText.line(pointer);
    }

    /**
     * Makes a problem without a pointer.
     *
     * @param source the file, or {@code null}
     * @param line the line, or 0
     * @param column the column, or 0
     * @param reason what is wrong
     */
    public Problem(@Nullable String source, long line, long column, String reason) {
      this(source, line, column, reason, null);
    }

    /** Returns {@code file:line:column: reason}, without what is not known. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      if (source != null) {
        text.append(source).append(':');
        if (line > 0) {
          text.append(line).append(':');
        }
        if (line > 0 && column > 0) {
          text.append(column).append(':');
        }
        text.append(' ');
      } else if (line > 0) {
        text.append("line ").append(line).append(column > 0 ? ", column " + column : "");
        text.append(": ");
      }
      return text.append(reason).toString();
    }
  }

  private final transient List<Problem> problems;
  private final transient long problemCount;

  /**
   * Makes an exception for one problem, which is also its message.
   *
   * @param problem the problem
   */
  public InputException(Problem problem) {
    super(problem.toString());
    problems = List.of(problem);
    problemCount = 1;
  }

  /**
   * Makes an exception for several problems.
   *
   * @param message how many of what, in one line
   * @param problems the first of them, in the order of the text; not empty
   * @param problemCount how many there are
   */
  public InputException(String message, List<Problem> problems, long problemCount) {
    super(requireNonNull(message, "message"));
    this.problems = List.copyOf(problems);
    this.problemCount = problemCount;
  }

  /**
   * Returns the same for a source that was not known where the text was read.
   *
   * @param source the file, or another name for where the text came from
   * @return a new exception whose problems have that source
   */
  public InputException in(String source) {
    List<Problem> named =
        problems.stream()
            .map(p -> new Problem(source, p.line(), p.column(), p.reason(), p.pointer()))
            .toList();
    InputException other =
        problemCount == 1
            ? new InputException(named.get(0))
            : new InputException(String.valueOf(getMessage()), named, problemCount);
    other.initCause(this);
    return other;
  }

  /**
   * Returns what is wrong.
   *
   * @return the first problems, in the order of the text; never empty
   */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * Returns how many problems there are.
   *
   * @return as many as {@link #problems()}, or more
   */
  public long problemCount() {
    return problemCount;
  }
}

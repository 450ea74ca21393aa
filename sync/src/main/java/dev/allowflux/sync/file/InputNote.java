package dev.allowflux.sync.file;

import dev.allowflux.error.InputException;
import dev.allowflux.internal.text.SafeText;

/**
 * Something that a reader should know about a file that was read: what was turned into what was
 * certainly meant, and what was left out.
 *
 * @param source the file, or another name for where the text came from
 * @param line the line, from 1; 0 if it has none
 * @param column the column, from 1, in code points; 0 if it has none
 * @param text what was found, in one line that is safe to show
 * @since 0.1
 */
public record InputNote(String source, long line, long column, String text) {

  /**
   * Makes the source and the text safe to show.
   *
   * @param source the file
   * @param line the line, or 0
   * @param column the column, or 0
   * @param text what was found
   */
  public InputNote {
    source = SafeText.line(source);
    text = SafeText.line(text);
  }

  /** Returns {@code file:line:column: text}, without what is not known. */
  @Override
  public String toString() {
    return new InputException.Problem(source, line, column, text).toString();
  }
}

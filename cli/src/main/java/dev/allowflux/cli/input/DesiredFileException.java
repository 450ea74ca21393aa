package dev.allowflux.cli.input;

import java.util.List;

/** A file of wanted policies that cannot be used, with all that is wrong with it. */
public final class DesiredFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  DesiredFileException(List<String> problems, String message) {
    super(message);
    this.problems = List.copyOf(problems);
  }

  /** One line each: the file, the line, the field, and what is wrong with it. */
  public List<String> problems() {
    return problems;
  }
}

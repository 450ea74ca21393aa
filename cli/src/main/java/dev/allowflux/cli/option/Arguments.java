package dev.allowflux.cli.option;

import dev.allowflux.error.InputException;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns arguments into values of the library; what the library refuses is wrong usage. */
public final class Arguments {

  /** The settings of the library whose names are not those of the options. */
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("pageSize", "--per-page"),
          Map.entry("readAhead", "--read-ahead"),
          Map.entry("maxAttempts", "--max-attempts"),
          Map.entry("window", "--rate-limit: the window"),
          Map.entry("batchSize", "--batch-size"),
          Map.entry("maxAge", "--max-age"),
          Map.entry("maxDeletePercent", "--max-delete-percent"),
          Map.entry("maxDeletes", "--max-deletes"),
          Map.entry("maxExpired", "--max-expired"),
          Map.entry("maxEditPercent", "--max-edit-percent"));

  private Arguments() {}

  public static PolicyId policyId(CommandLine command, String id) {
    return checked(command, () -> new PolicyId(id));
  }

  /** Makes a value. */
  public static <T> T checked(CommandLine command, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, inWordsOfOptions(e), e);
    }
  }

  private static String inWordsOfOptions(IllegalArgumentException refusal) {
    String message = String.valueOf(refusal.getMessage());
    int end = message.indexOf(' ');
    String option = OPTIONS.get(end < 0 ? message : message.substring(0, end));
    return option == null ? message : option + message.substring(Math.max(0, end));
  }

  /** Refuses two arguments that name the same file, by whatever links. */
  public static void differentFiles(
      CommandLine command,
      String firstName,
      @Nullable Path first,
      String secondName,
      @Nullable Path second)
      throws IOException {
    if (first == null || second == null) {
      return;
    }
    boolean same =
        first.toAbsolutePath().normalize().equals(second.toAbsolutePath().normalize())
            || (Files.exists(first) && Files.exists(second) && Files.isSameFile(first, second));
    if (same && !first.toString().equals("-")) {
      throw new ParameterException(
          command, secondName + " and " + firstName + " are the same file: " + second);
    }
  }

  /** Makes a value of the content of a file, which the refusal names. */
  public static <T> T checked(CommandLine command, Path file, Supplier<T> value) {
    try {
      return value.get();
    } catch (InputException e) {
      InputException named = e.in(file.toString());
      throw new ParameterException(command, String.valueOf(named.getMessage()), named);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, file + ": " + e.getMessage(), e);
    }
  }
}

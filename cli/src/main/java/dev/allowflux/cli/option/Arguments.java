package dev.allowflux.cli.option;

import dev.allowflux.error.InputException;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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

  private static final Pattern ACCOUNT = Pattern.compile("[\\p{Alnum}_-]+");

  private Arguments() {}

  /** Takes the id of an account. */
  static AccountId accountId(CommandLine command, String id) {
    if (id.isEmpty()) {
      throw new ParameterException(
          command, "no account: give --account or set CLOUDFLARE_ACCOUNT_ID");
    }
    if (!isAccountId(id)) {
      throw new ParameterException(
          command,
          "an account id has letters and digits, such as 0123456789abcdef0123456789abcdef, and not "
              + SafeText.line(id, 60));
    }
    return checked(command, () -> new AccountId(id));
  }

  static boolean isAccountId(String text) {
    return ACCOUNT.matcher(text).matches();
  }

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

  /** Refuses to read standard input twice, of which the second time gives nothing. */
  public static void standardInputOnce(CommandLine command, List<String> files) {
    if (files.stream().filter("-"::equals).count() > 1) {
      throw new ParameterException(command, "- is standard input, which can be read only once");
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

package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.output.ClosedPipeException;
import dev.allowflux.cli.runtime.DurationText;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.NoCredentialException;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.InputException;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.Operation;
import dev.allowflux.plan.PlanNotApprovedException;
import dev.allowflux.plan.UnsafePlanException;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import dev.allowflux.sync.ApplyRefusedException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import reactor.core.Exceptions;

/** Explains every failure: one line for people and one exit code for scripts. */
final class FailureReport {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  private final Invocation invocation;

  FailureReport(Invocation invocation) {
    this.invocation = invocation;
  }

  ExitCode usage(ParameterException e) {
    PrintStream err = invocation.io().err();
    invocation.say(firstLine(e));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  ExitCode report(Exception thrown) {
    // Reactor wraps a checked exception on its way out of a stream.
    Exception failure = Exceptions.unwrap(thrown) instanceof Exception cause ? cause : thrown;
    if (failure instanceof ParameterException e) {
      return usage(e);
    }
    if (failure instanceof ClosedPipeException) {
      return ExitCode.CLOSED_PIPE;
    }
    PrintStream err = invocation.io().err();
    if (failure instanceof InputException e) {
      // A single problem is the message as well.
      e.problems().stream()
          .map(Object::toString)
          .filter(problem -> !problem.equals(e.getMessage()))
          .forEach(err::println);
    }
    invocation.say(line(failure, Instant.now()));
    if (failure instanceof UnsafePlanException) {
      details(failure).forEach(err::println);
    }
    if (invocation.verbosity() > 1) {
      printTrace(failure, err);
    }
    return exitCode(failure);
  }

  /** Messages within a stack trace hold foreign text, too. */
  private static void printTrace(Exception failure, PrintStream err) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    trace
        .toString()
        .lines()
        .forEach(line -> err.println(SafeText.line(line.replace("\t", "    "))));
  }

  /** What a failure has to say beyond its line, in lines that are safe to show. */
  static List<String> details(Exception failure) {
    List<String> lines = new ArrayList<>();
    if (failure instanceof InputException e && e.problems().size() > 1) {
      e.problems().forEach(problem -> lines.add("  " + problem));
    }
    if (failure instanceof UnsafePlanException e) {
      for (Refusal refusal : e.refusals()) {
        String override = ExposureOptions.override(refusal);
        lines.add("  " + SafeText.line(refusal.what()) + " (" + override + ")");
        refusal.examples().forEach(example -> lines.add("    " + SafeText.marked(example)));
      }
    }
    return lines;
  }

  static ExitCode exitCode(Exception failure) {
    if (failure instanceof EmailSecurityException e) {
      return exitCode(e);
    }
    if (failure instanceof UnsafePlanException) {
      return ExitCode.UNSAFE;
    }
    if (failure instanceof InputException) {
      return ExitCode.USAGE;
    }
    return failure instanceof NoCredentialException ? ExitCode.CREDENTIAL : ExitCode.LOCAL_FAILURE;
  }

  private static ExitCode exitCode(EmailSecurityException failure) {
    if (failure instanceof Rejected e) {
      return switch (e.reason()) {
        case CREDENTIAL, PERMISSION, NOT_SUBSCRIBED -> ExitCode.CREDENTIAL;
        default -> ExitCode.REFUSED;
      };
    }
    if (failure instanceof Throttled) {
      return ExitCode.RATE_LIMITED;
    }
    return failure instanceof OutcomeUnknown ? ExitCode.OUTCOME_UNKNOWN : ExitCode.UNAVAILABLE;
  }

  /** What happened and what to do about it; {@code now} is the time that waits are counted from. */
  static String line(Exception failure, Instant now) {
    if (failure instanceof EmailSecurityException e) {
      String advice = advice(e, now);
      return e.getMessage() + (advice.isEmpty() ? "" : "; " + advice);
    }
    if (failure instanceof NoCredentialException
        || failure instanceof InputException
        || failure instanceof ApplyRefusedException
        || failure instanceof PlanNotApprovedException) {
      return firstLine(failure);
    }
    if (failure instanceof UnsafePlanException) {
      return "refused by a safety rule; nothing was written";
    }
    if (failure instanceof UncheckedIOException e && e.getCause() != null) {
      return FileFailure.describe(e.getCause());
    }
    if (failure instanceof IOException e) {
      return FileFailure.describe(e);
    }
    if (failure.getCause() instanceof OutOfMemoryError) {
      return Invocation.OUT_OF_MEMORY;
    }
    return "unexpected failure"
        + (failure.getMessage() == null ? "" : ": " + firstLine(failure))
        + "; this is a bug: run again with -vv to see where";
  }

  private static String advice(EmailSecurityException failure, Instant now) {
    if (failure instanceof Rejected e) {
      return switch (e.reason()) {
        case CREDENTIAL -> "check the token in CLOUDFLARE_API_TOKEN or --token-file";
        case PERMISSION ->
            e.details().operation() == Operation.LIST_ACCOUNTS
                ? "the credential needs the permission Account Settings Read; or name the accounts"
                    + " in a file with --accounts FILE"
                : "the credential needs the permission Cloud Email Security "
                    + (e.details().operation().isWrite() ? "Write" : "Read")
                    + " on this account; check --account too";
        case NOT_SUBSCRIBED -> "the account needs the Email Security add-on";
        case NOT_FOUND ->
            e.details().operation() == Operation.GET
                    || e.details().operation() == Operation.EDIT
                    || e.details().operation() == Operation.DELETE
                ? "'allowflux list' shows the ids that exist"
                : "check --account and --base-url";
        case REDIRECTED -> "check --base-url";
        case CONFLICT, INVALID_REQUEST, OTHER -> "";
      };
    }
    if (failure instanceof Throttled e) {
      Duration wait = e.details().retryAfter();
      return wait == null
          ? "try again in five minutes"
          : "try again in "
              + DurationText.format(wait)
              + ", at "
              + CLOCK.format(now.plus(wait).atZone(ZoneId.systemDefault()));
    }
    if (failure instanceof Unavailable e) {
      if (isDistrust(e)) {
        return "check --base-url, or trust a private certificate authority with --ca-file FILE";
      }
      return e.details().attempts().size() > 1
          ? "gave up after " + e.details().attempts().size() + " attempts; try again later"
          : "try again later";
    }
    if (failure instanceof Malformed) {
      return "nothing of it was used; check --base-url, and try again later";
    }
    return "";
  }

  private static boolean isDistrust(Unavailable failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static String firstLine(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end).strip();
  }
}

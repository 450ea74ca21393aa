package dev.allowflux.cli.command;

import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.DurationText;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.RateLimit;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code check}: one cheap call. */
@Command(
    name = "check",
    header =
        "Says whether credential, permission and account work, and what the rate limit leaves.",
    description =
        "%nMakes one call that reads one policy. Whether writing is allowed shows only in"
            + " a write.",
    footer = {"%nExample:", "  allowflux check && allowflux export --output policies.ndjson"})
final class CheckCommand extends AbstractCommand {

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  CheckCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    try (ClientSession session = connection.open(parser(), invocation())) {
      ApiResult<Page> answer =
          ClientSession.await(
              session
                  .client(settings -> settings.pageSize(1).readAhead(0))
                  .pagesWithResponse(session.account(), AllowPolicyFilter.all())
                  .next());
      Output output = Output.standard(io());
      Long total = answer.value().totalCount();
      output.println("address     " + session.baseUrl());
      output.println("account     " + session.account() + ", may be read");
      output.println("credential  accepted");
      output.println("policies    " + (total == null ? "number not reported" : total.toString()));
      output.println("rate limit  " + rateLimit(answer.rateLimit()));
    }
    return ExitCode.DONE;
  }

  private static String rateLimit(@Nullable RateLimit limit) {
    if (limit == null) {
      return "not reported";
    }
    return limit.remaining()
        + (limit.quota() == null ? "" : " of " + limit.quota())
        + " calls left"
        + (limit.window() == null ? "" : " in a window of " + DurationText.format(limit.window()))
        + ", reset in "
        + DurationText.format(limit.reset());
  }
}

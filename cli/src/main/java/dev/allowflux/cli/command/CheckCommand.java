package dev.allowflux.cli.command;

import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.DurationText;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
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
    footer = {
      "%nExamples:",
      "  allowflux check && allowflux export --output policies.ndjson",
      "  allowflux check --accounts tenants.csv",
      "  allowflux check --accounts all"
    })
final class CheckCommand extends AbstractCommand {

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  CheckCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    if (accounts.given()) {
      return new ManyAccounts(
              this, accounts.read(parser(), invocation(), connection), accounts.isAll())
          .run(
              connection,
              settings -> settings.pageSize(1).readAhead(0),
              (client, entry) ->
                  client
                      .pages(entry.account(), AllowPolicyFilter.all())
                      .next()
                      .map(page -> "may be read, " + count(page.totalCount())));
    }
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

  private static String count(@Nullable Long total) {
    return total == null ? "number of policies not reported" : CountText.policies(total);
  }

  private static String rateLimit(@Nullable RateLimit limit) {
    if (limit == null) {
      return "not reported";
    }
    Long quota = limit.quota();
    boolean one = (quota == null ? limit.remaining() : quota) == 1;
    return limit.remaining()
        + (quota == null ? "" : " of " + quota)
        + (one ? " call left" : " calls left")
        + (limit.window() == null ? "" : " in a window of " + DurationText.format(limit.window()))
        + ", reset in "
        + DurationText.format(limit.reset());
  }
}

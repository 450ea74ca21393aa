package dev.allowflux.cli.command;

import dev.allowflux.cli.input.InputBytes;
import dev.allowflux.cli.option.AccountsOption;
import dev.allowflux.cli.option.ApplyOptions;
import dev.allowflux.cli.option.Arguments;
import dev.allowflux.cli.option.ConnectionOptions;
import dev.allowflux.cli.option.ExposureOptions;
import dev.allowflux.cli.output.PlanJournals;
import dev.allowflux.cli.runtime.AccountSessions;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.ApprovedPlan;
import dev.allowflux.plan.PlanKeys;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.PlanFile;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.ApprovedPlanSet;
import dev.allowflux.sync.accounts.PlanSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code apply}: makes the changes of a plan. */
@Command(
    name = "apply",
    header = "Makes the changes of a plan that was reviewed.",
    description = {
      "%nPLAN is what 'plan --out' wrote. What it touches is read again first; a policy that is no"
          + " longer as the plan saw it is skipped. What is sent is recorded in a journal beside"
          + " the plan, named after both: a run that was broken off, by Ctrl-C or by a crash, is"
          + " taken up by running the same command again, and a plan that is done is not done"
          + " twice.",
      "%nOn a terminal it shows the changes and the digest, and asks first. The record of what was"
          + " sent goes to standard output.",
      "%nThe plans of many accounts ('plan --accounts --out') are applied together, with the list"
          + " that they were made with: approved by one digest, with a journal for each account in"
          + " a folder beside PLAN. An account that fails stops no other and decides the exit"
          + " code."
    },
    footer = {
      "%nExamples:",
      "  allowflux plan policies.ndjson --out plan.json",
      "  allowflux apply plan.json",
      "  allowflux apply plan.json --yes --digest 3f1c... --stop-on-change",
      "  allowflux apply plan.json --yes --trust reviewer.pub",
      "  allowflux apply plans.json --accounts tenants.csv",
      "%nAt the end it looks whether everything is there, once. Copies that it made itself are"
          + " deleted, others are reported.",
      "%nExit codes of its own: 1 the plan was edited, is too old or of another account, or its"
          + " journal does not fit, 3 changes were refused or are missing, 7 the outcome of some is"
          + " unconfirmed (run it again), 8 policies were changed by others or stored with other"
          + " fields, or accounts of the list could not be planned, 10 policies are there more than"
          + " once. Ctrl-C ends it after the batch that is under way."
    })
final class ApplyCommand extends AbstractCommand {

  @Parameters(
      paramLabel = "PLAN",
      description = "The plan; with --accounts the plans of the accounts of this list.")
  private Path file = Path.of("plan.json");

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Option(
      names = "--digest",
      paramLabel = "HEX",
      description =
          "The digest of the plan that was reviewed; any other plan is refused. It is a checksum"
              + " against mistakes; against whoever may write PLAN only --trust helps.")
  private @Nullable String digest;

  @Option(
      names = "--trust",
      paramLabel = "PUBLICKEY",
      description =
          "A file with an Ed25519 public key in PEM: a plan is refused that was not signed with its"
              + " private key ('plan --sign'), or was changed since.")
  private @Nullable Path trust;

  @Mixin private ApplyOptions apply = new ApplyOptions();

  @Mixin private ExposureOptions exposure = new ExposureOptions();

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  ApplyCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  ExitCode run() throws IOException {
    if (apply.yes && digest == null && trust == null) {
      throw new ParameterException(
          parser(),
          "--yes needs --digest of the plan that was reviewed, or --trust with the key that it was"
              + " signed with");
    }
    if (accounts.given()) {
      return applyMany();
    }
    checkJournal();
    SyncPlan plan;
    try {
      plan = PlanFile.read(file);
    } catch (IllegalArgumentException e) {
      boolean set = PlanSet.isSet(file);
      invocation()
          .say(
              file
                  + ": "
                  + (set
                      ? "has the plans of many accounts; give --accounts, too"
                      : e.getMessage()));
      return ExitCode.LOCAL_FAILURE;
    }
    PublicKey key = trust == null ? null : publicKey(trust);
    Path journal = journal(plan.digest(), PlanJournals.ONE);
    try (ClientSession session = connection.open(parser(), invocation())) {
      return new InteractiveApply(invocation(), session, plan, apply.yes)
          .showingChanges()
          .run(approval(key), apply.settings(parser(), journal, exposure.limits(parser())));
    }
  }

  private void checkJournal() throws IOException {
    if (apply.journal != null) {
      Arguments.differentFiles(parser(), "PLAN", file, "--journal", apply.journal);
    }
  }

  /** Each plan has a journal of its own, also when the next one is written to the same file. */
  private Path journal(String digest, String suffix) {
    if (apply.journal != null) {
      return apply.journal;
    }
    PlanJournals.sweep(invocation(), file, digest);
    return PlanJournals.path(file, digest, suffix);
  }

  private ExitCode applyMany() throws IOException {
    checkJournal();
    SyncLimits limits = exposure.limits(parser());
    PublicKey key = trust == null ? null : publicKey(trust);
    List<AccountEntry> list = accounts.read(parser(), invocation(), connection);
    try (PlanSet set = PlanSet.read(file);
        AccountSessions sessions = connection.openAll(parser(), invocation(), list)) {
      List<AccountEntry> changed = set.entries(list);
      Set<AccountId> planned =
          set.items().stream().map(PlanSet.Item::account).collect(Collectors.toSet());
      List<AccountEntry> entries =
          list.stream().filter(entry -> planned.contains(entry.account())).toList();
      ApprovedPlanSet approved = key == null ? null : set.approve(key);
      if (approved == null || digest != null) {
        approved = set.approve(digest == null ? set.digest() : digest);
      }
      ManyPlans plans =
          new ManyPlans(this, entries, accounts.isAll(), sessions)
              .withoutPlan(list.size() - entries.size());
      if (!apply.yes && !changed.isEmpty() && !plans.agreed(set, false)) {
        return ExitCode.USAGE;
      }
      return plans.apply(
          approved,
          journal(set.digest(), PlanJournals.MANY),
          journal -> apply.settings(parser(), journal, limits));
    } catch (IllegalArgumentException e) {
      if (e instanceof InputException) {
        throw e;
      }
      boolean one = isPlanOfOneAccount();
      invocation()
          .say(
              file
                  + ": "
                  + (one ? "has the plan of one account; leave out --accounts" : e.getMessage()));
      return ExitCode.LOCAL_FAILURE;
    }
  }

  private boolean isPlanOfOneAccount() throws IOException {
    try {
      return PlanFile.read(file).digest().length() > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Both proofs are asked for if both were given. */
  private Function<SyncPlan, ApprovedPlan> approval(@Nullable PublicKey key) {
    return plan -> {
      ApprovedPlan approved = key == null ? null : plan.approve(key);
      return approved != null && digest == null
          ? approved
          : plan.approve(digest == null ? plan.digest() : digest);
    };
  }

  private PublicKey publicKey(Path file) throws IOException {
    byte[] pem = InputBytes.read(io(), file);
    return Arguments.checked(
        parser(), file, () -> PlanKeys.publicKey(new String(pem, StandardCharsets.UTF_8)));
  }
}

package dev.allowflux.cli.command;

import dev.allowflux.cli.option.PathConverter;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.Logs;
import dev.allowflux.cli.runtime.ProcessIo;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code allowflux} itself: what all commands share. */
@Command(
    name = "allowflux",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = AllowFlux.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "Reads and changes the allow policies of Cloudflare Email Security.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%nParameters:%n",
    exitCodeListHeading = "%nExit codes:%n",
    footer = {
      "%nEnvironment:",
      "  CLOUDFLARE_API_TOKEN             the API token, or else",
      "  CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY",
      "                                   e-mail address and global key, or else",
      "  CLOUDFLARE_API_USER_SERVICE_KEY  a user service key",
      "  CLOUDFLARE_ACCOUNT_ID            the account, if --account is not given",
      "  CLOUDFLARE_BASE_URL              the API, if --base-url is not given",
      "  ALLOWFLUX_QUOTA, ALLOWFLUX_QUOTA_NAME",
      "                                   if --quota or --quota-name is not given",
      "  ALLOWFLUX_REDIS_USER, ALLOWFLUX_REDIS_PASSWORD, or in its place",
      "  ALLOWFLUX_REDIS_PASSWORD_FILE    who logs in to the Redis of a quota",
      "  HTTPS_PROXY, NO_PROXY            the proxy, if --proxy is not given",
      "  ALLOWFLUX_PROXY_PASSWORD         the password of --proxy-user",
      "  XDG_STATE_HOME                   where quotas and the journals of 'sync' are;",
      "                                   default: ~/.local/state",
      "  TMPDIR                           where 'query' keeps its database",
      "  NO_COLOR                         plans without colours",
      "%nFirst steps, without an account:",
      "  allowflux list --simulate 1000 --limit 5",
      "  allowflux export --simulate 100000 --output policies.ndjson",
      "%nAgainst the API:",
      "  export CLOUDFLARE_API_TOKEN=... CLOUDFLARE_ACCOUNT_ID=...",
      "  allowflux check",
      "  allowflux export --output policies.ndjson"
    })
public final class AllowFlux implements Runnable {

  private static final Map<String, Function<Invocation, Object>> COMMANDS = commands();

  private final Invocation invocation;

  @Spec private CommandSpec spec = CommandSpec.create();

  private AllowFlux(Invocation invocation) {
    this.invocation = invocation;
  }

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log attempts and retries; -vv: everything, with stack traces.")
  private boolean[] verbose = {};

  /** Runs one command and returns its exit code; every failure is reported on standard error. */
  public static int run(ProcessIo io, String... args) {
    Invocation invocation = new Invocation(io);
    AllowFlux allowFlux = new AllowFlux(invocation);
    CommandLine commandLine = new CommandLine(allowFlux);
    addCommands(commandLine, invocation, List.of(args));
    FailureReport failures = new FailureReport(invocation);
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, new PathConverter())
        // An argument such as @team is a text, and no name of a file of arguments.
        .setExpandAtFiles(false)
        .setOut(writer(io.out()))
        .setErr(writer(io.err()))
        .setParameterExceptionHandler((e, unused) -> failures.usage(e).code())
        .setExecutionExceptionHandler((e, unused, parsed) -> failures.report(e).code())
        .setExecutionStrategy(allowFlux::execute)
        .execute(args);
  }

  private static Map<String, Function<Invocation, Object>> commands() {
    Map<String, Function<Invocation, Object>> commands = new LinkedHashMap<>();
    commands.put("export", ExportCommand::new);
    commands.put("list", ListCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("edit", EditCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("batch", BatchCommand::new);
    commands.put("plan", PlanCommand::new);
    commands.put("apply", ApplyCommand::new);
    commands.put("audit", AuditCommand::new);
    commands.put("query", QueryCommand::new);
    commands.put("sync", SyncCommand::new);
    commands.put("convert", ConvertCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("simulate", SimulateCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("manual", ManualCommand::new);
    return commands;
  }

  /**
   * Adds what the arguments name: to describe a command takes picocli longer than to run it. Help,
   * completion and suggestions for a misspelt word need all of them.
   */
  private static void addCommands(
      CommandLine commandLine, Invocation invocation, List<String> args) {
    Set<String> named = new HashSet<>(COMMANDS.keySet());
    named.retainAll(args);
    boolean all = named.isEmpty() || named.contains("completion") || named.contains("manual");
    Map<String, String> exitCodes = ExitCode.texts();
    commandLine.getCommandSpec().usageMessage().exitCodeList(exitCodes);
    COMMANDS.forEach(
        (name, command) -> {
          if (all || named.contains(name)) {
            CommandLine described = new CommandLine(command.apply(invocation));
            commandLine.addSubcommand(name, described);
            described.getCommandSpec().usageMessage().exitCodeList(exitCodes);
          }
        });
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private int execute(CommandLine.ParseResult parsed) {
    invocation.verbosity(verbose.length);
    Logs.configure(verbose.length);
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The version of the jar that is running. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = AllowFlux.class.getPackage().getImplementationVersion();
      return new String[] {
        "allowflux " + (version == null ? "(not packaged)" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
      };
    }
  }
}

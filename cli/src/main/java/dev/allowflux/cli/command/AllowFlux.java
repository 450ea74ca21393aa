package dev.allowflux.cli.command;

import dev.allowflux.cli.runtime.Failures;
import dev.allowflux.cli.runtime.Logs;
import dev.allowflux.cli.runtime.ProcessIo;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
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
    exitCodeList = {
      "0:done",
      "1:local failure: a file, the disk, a bug",
      "2:wrong usage",
      "3:refused by the API",
      "4:credential or permission",
      "5:rate limited",
      "6:API unavailable, or its answer broken",
      "7:outcome unknown: the write may have happened",
      "8:there are changes where none were expected",
      "9:refused by a safety rule",
      "130:interrupted (143: terminated)",
      "141:the reader of the output went away"
    },
    footer = {
      "%nEnvironment:",
      "  CLOUDFLARE_API_TOKEN             the API token, or else",
      "  CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY",
      "                                   e-mail address and global key, or else",
      "  CLOUDFLARE_API_USER_SERVICE_KEY  a user service key",
      "  CLOUDFLARE_ACCOUNT_ID            the account, if --account is not given",
      "  CLOUDFLARE_BASE_URL              the API, if --base-url is not given",
      "%nFirst steps, without an account:",
      "  allowflux list --simulate 1000 --limit 5",
      "  allowflux export --simulate 100000 --output policies.ndjson",
      "%nAgainst the API:",
      "  export CLOUDFLARE_API_TOKEN=... CLOUDFLARE_ACCOUNT_ID=...",
      "  allowflux check",
      "  allowflux export --output policies.ndjson"
    })
public final class AllowFlux implements Runnable {

  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  private final ProcessIo shell;

  @Spec private CommandSpec spec = CommandSpec.create();

  private AllowFlux(ProcessIo shell) {
    this.shell = shell;
  }

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Tell about attempts and retries; -vv: everything, with stack traces.")
  private boolean[] verbose = {};

  /** Runs one command and returns its exit code; whatever goes wrong is told on standard error. */
  public static int run(ProcessIo shell, String... args) {
    AllowFlux allowFlux = new AllowFlux(shell);
    CommandLine commandLine = new CommandLine(allowFlux);
    addCommands(commandLine, List.of(args));
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(writer(shell.out()))
        .setErr(writer(shell.err()))
        .setParameterExceptionHandler((e, unused) -> Failures.usage(shell, e))
        .setExecutionExceptionHandler(
            (e, unused, parsed) -> Failures.report(shell, e, allowFlux.verbosity()))
        .setExecutionStrategy(allowFlux::execute)
        .execute(args);
  }

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("export", ExportCommand::new);
    commands.put("list", ListCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("edit", EditCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("batch", BatchCommand::new);
    commands.put("plan", PlanCommand::new);
    commands.put("apply", ApplyCommand::new);
    commands.put("sync", SyncCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("simulate", SimulateCommand::new);
    commands.put("completion", CompletionCommand::new);
    return commands;
  }

  /**
   * Adds what the arguments name: to describe a command takes picocli longer than to run it. Help,
   * completion and suggestions for a slip of the pen need all of them.
   */
  private static void addCommands(CommandLine commandLine, List<String> args) {
    Set<String> named = new HashSet<>(COMMANDS.keySet());
    named.retainAll(args);
    boolean all = named.isEmpty() || named.contains("completion");
    COMMANDS.forEach(
        (name, command) -> {
          if (all || named.contains(name)) {
            commandLine.addSubcommand(name, command.get());
          }
        });
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private int execute(CommandLine.ParseResult parsed) {
    Logs.configure(verbosity());
    return new CommandLine.RunLast().execute(parsed);
  }

  private int verbosity() {
    return verbose.length;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The shell that a command runs in. */
  public static ProcessIo shellOf(CommandSpec command) {
    return ((AllowFlux) command.root().userObject()).shell;
  }

  /** How talkative a command is to be: 0, 1 or more. */
  public static int verbosityOf(CommandSpec command) {
    return ((AllowFlux) command.root().userObject()).verbosity();
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

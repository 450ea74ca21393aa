package dev.allowflux.cli.command;

import dev.allowflux.cli.option.DryRunOption;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.json.PolicyNdjsonWriter;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.reactor.RequestPreview;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command has: the process that it runs in, and its place in the command line. */
abstract class AbstractCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Spec private CommandSpec spec = CommandSpec.create();

  AbstractCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  /** Does the work; a failure comes as an exception, which {@link FailureReport} explains. */
  abstract ExitCode run() throws IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    return run().code();
  }

  final Invocation invocation() {
    return invocation;
  }

  final ProcessIo io() {
    return invocation.io();
  }

  /** The parser, which a refusal of an argument names. */
  final CommandLine parser() {
    return spec.commandLine();
  }

  /** Prints policies as lines of JSON. */
  final void print(List<AllowPolicy> policies) throws IOException {
    PolicyNdjsonWriter.ofAllFields().write(policies, Output.standard(io()).stream());
  }

  /** Prints a policy that was written, and how the service's differs from the requested one. */
  final void printResult(ApiResult<AllowPolicy> result) throws IOException {
    print(List.of(result.value()));
    sayNotes(result);
  }

  /** Says how results differ from the requested ones without being others. */
  final void sayNotes(ApiResult<?> result) {
    result.notes().forEach(note -> invocation.say("stored by the service: " + note));
  }

  /** Prints the request that would be sent. */
  final void print(RequestPreview request, ClientSession session, DryRunOption dryRun)
      throws IOException {
    Output.standard(io()).println(dryRun.text(request, session));
    if (session.credential() == null) {
      invocation.say("no credential: without one the request would be refused");
    }
  }
}

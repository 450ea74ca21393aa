package dev.allowflux.cli.export;

import dev.allowflux.cli.option.TagFilter;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.output.PolicyFormat;
import dev.allowflux.cli.output.Progress;
import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.file.ResumableFile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One export: the pages of a traversal to an output, with checkpoints and progress on the way. */
public final class PolicyExport {
  private static final TraversalReport NOTHING = TraversalReport.builder().build();

  private final Invocation invocation;
  private final AllowPolicyFilter filter;
  private final TagFilter tag;
  private final Traversal traversal;
  private final Output output;
  private final String target;

  /**
   * Prepares an export.
   *
   * @param target names the output for people
   */
  public PolicyExport(
      Invocation invocation,
      AllowPolicyFilter filter,
      TagFilter tag,
      Traversal traversal,
      Output output,
      String target) {
    this.invocation = invocation;
    this.filter = filter;
    this.tag = tag;
    this.traversal = traversal;
    this.output = output;
    this.target = target;
  }

  /** The position that an earlier run reached, or null if this one starts at the beginning. */
  public @Nullable TraversalPosition start() {
    ResumableFile part = output.part();
    return part == null ? null : part.position();
  }

  /** Writes everything behind the start. */
  public void run(AllowPolicyClient client, AccountId account, PolicyFormat format)
      throws IOException {
    TraversalPosition start = start();
    if (start != null) {
      invocation.say("resuming after " + count(start));
    }
    Flux<Page> pages =
        start == null
            ? client.traverse(account, filter, traversal)
            : client.traverseFrom(account, filter, start);
    Progress progress = new Progress(invocation.io());
    TraversalReport report;
    try {
      report =
          write(
              ClientSession.demand(pages, ClientSession.PAGES_DEMANDED).toIterable(1),
              format,
              progress,
              start);
      output.commit();
    } catch (IOException | RuntimeException e) {
      progress.clear();
      throw e;
    }
    progress.finish(target);
    warn(report);
  }

  /**
   * Writes everything behind the start when subscribed to, one page at a time and on threads that
   * may block, for one export among many.
   */
  Mono<TraversalReport> runQuietly(
      AllowPolicyClient client, AccountId account, PolicyFormat format) {
    TraversalPosition start = start();
    Flux<Page> pages =
        start == null
            ? client.traverse(account, filter, traversal)
            : client.traverseFrom(account, filter, start);
    return pages
        .publishOn(Schedulers.boundedElastic(), 1)
        .<TraversalReport>handle(
            (page, sink) -> {
              try {
                write(page, format);
                sink.next(page.report());
              } catch (IOException e) {
                sink.error(e);
              }
            })
        .last(NOTHING)
        .flatMap(
            report ->
                Mono.fromCallable(
                    () -> {
                      output.commit();
                      return report;
                    }));
  }

  private int write(Page page, PolicyFormat format) throws IOException {
    List<AllowPolicy> policies = tag.of(page.policies());
    format.write(policies, output.stream());
    ResumableFile part = output.part();
    if (part != null && page.position() != null) {
      checkpoint(part, page.position());
    }
    return policies.size();
  }

  private static void checkpoint(ResumableFile part, TraversalPosition reached) throws IOException {
    try {
      part.checkpoint(reached);
    } catch (IOException e) {
      throw FileFailure.writing("the checkpoint of " + part.part(), e);
    }
  }

  private TraversalReport write(
      Iterable<Page> pages,
      PolicyFormat format,
      Progress progress,
      @Nullable TraversalPosition start)
      throws IOException {
    long before = start == null ? 0 : start.report().seen();
    TraversalReport report = NOTHING;
    for (Page page : pages) {
      int written = write(page, format);
      report = page.report();
      // The service's total ignores the filter: then it says nothing about this export.
      Long expected = report.expected();
      progress.add(
          written,
          filter.selectsAll() && tag.selectsAll() && expected != null
              ? (Long) (expected - before)
              : null);
    }
    return report;
  }

  /** Says where the part of an export that failed is, if it can be resumed. */
  public static void reportPart(Invocation invocation, Output output) {
    ResumableFile part = output.part();
    TraversalPosition position = part == null ? null : part.position();
    if (part != null && position != null) {
      invocation.say(
          count(position)
              + " kept in "
              + part.part()
              + "; the same command with --resume resumes the export");
    }
  }

  private void warn(TraversalReport report) {
    if (traversal == Traversal.FAST && report.drift()) {
      invocation.say(
          "the list changed while it was read, so policies may be missing;"
              + " --traversal complete misses none");
    } else if (traversal == Traversal.COMPLETE && !report.complete()) {
      invocation.say(
          "policies may be missing: more were created at one instant than fit on a page, in an"
              + " order that keeps changing; try a larger --per-page");
    } else if ((traversal == Traversal.COMPLETE || filter.selectsAll())
        && report.expected() != null
        && report.seen() < report.expected()) {
      // Of a filter that the service applies its total says nothing.
      invocation.say(
          String.format(
              Locale.ROOT,
              "the service counted %s at first and %,d came; unless others deleted some meanwhile,"
                  + " its pages are not what it says: export again and compare",
              CountText.policies(report.expected()),
              report.seen()));
    }
  }

  private static String count(TraversalPosition position) {
    return CountText.policies(position.report().matched());
  }
}

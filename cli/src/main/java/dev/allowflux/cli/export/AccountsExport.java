package dev.allowflux.cli.export;

import dev.allowflux.cli.option.TagFilter;
import dev.allowflux.cli.output.Output;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.internal.text.CountText;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.accounts.AccountEntry;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * An export of many accounts: each to a file of its own, or all to one. The one file is joined from
 * those of the accounts once each is there, in the order of the list, so that it is the same
 * whatever came first, and goes on after a crash wherever each account stood.
 */
public final class AccountsExport {
  /** Stands for the account in the name of the file. */
  public static final String ACCOUNT = "{account}";

  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

  private final Invocation invocation;
  private final Path all;
  private final String target;
  private final boolean joined;
  private final ExportFormat format;
  private final @Nullable List<PolicyField> fields;
  private final AllowPolicyFilter filter;
  private final TagFilter tag;
  private final @Nullable Boolean resume;
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final Set<String> changed = ConcurrentHashMap.newKeySet();

  /**
   * Prepares an export.
   *
   * @param target the path of the files, with {@link #ACCOUNT} in it, or of the one file
   * @param resume whether to go on with an unfinished one; null refuses if there is one
   */
  public AccountsExport(
      Invocation invocation,
      String target,
      ExportFormat format,
      @Nullable List<PolicyField> fields,
      AllowPolicyFilter filter,
      TagFilter tag,
      @Nullable Boolean resume) {
    this.invocation = invocation;
    this.joined = !target.contains(ACCOUNT);
    this.all = Path.of(target.replace(ACCOUNT, "accounts"));
    this.target = joined ? target + ".accounts/" + ACCOUNT : target;
    this.format = format;
    this.fields = fields;
    this.filter = filter;
    this.tag = tag;
    this.resume = resume;
  }

  /** Opens the record of the accounts that have their file. */
  public AccountsProgress progress(String source) throws IOException {
    createFolder(all);
    return AccountsProgress.open(
        all.resolveSibling(all.getFileName() + ".progress"),
        String.join(", ", job("all", source).values()),
        resume);
  }

  private static void createFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
  }

  /** Returns the id of an account as a part of a file's name. */
  public static String fileName(AccountEntry entry) throws IOException {
    String account = entry.account().value();
    if (!FILE_NAME.matcher(account).matches()) {
      throw new IOException("the id of the account cannot be a part of a file's name");
    }
    return account;
  }

  private Path path(String account) {
    return Path.of(target.replace(ACCOUNT, account));
  }

  /**
   * Exports an account when subscribed to, unless it has its file as the export left it.
   *
   * @return what there is to say about it
   */
  public Mono<String> export(
      AllowPolicyClient client, AccountEntry entry, String source, AccountsProgress progress) {
    String account = entry.account().value();
    return Mono.fromCallable(() -> isWhole(fileName(entry), progress))
        .flatMap(
            whole ->
                whole
                    ? Mono.just("exported before")
                    : Mono.using(
                            () -> open(account, source),
                            output -> write(client, entry, output, progress),
                            Output::close)
                        .map(line -> line + why(account)));
  }

  private boolean isWhole(String account, AccountsProgress progress) throws IOException {
    if (progress.isDone(account, ExportText.length(format, path(account)))) {
      return true;
    }
    if (progress.drop(account)) {
      changed.add(account);
    }
    return false;
  }

  private String why(String account) {
    return changed.contains(account)
        ? "; exported anew, since " + path(account) + " was gone or changed"
        : "";
  }

  private Output open(String account, String source) throws IOException {
    Path file = path(account);
    createFolder(file);
    ExportText.requireRoom(format, file);
    // What an earlier attempt of this run left is its own.
    Boolean again = begun.add(account) ? resume : Boolean.TRUE;
    return Output.resumableFile(file, job(account, source), again, () -> {});
  }

  private Mono<String> write(
      AllowPolicyClient client, AccountEntry entry, Output output, AccountsProgress progress) {
    String account = entry.account().value();
    Path file = path(account);
    PolicyExport export =
        new PolicyExport(invocation, filter, tag, Traversal.COMPLETE, output, file.toString());
    ExportText text =
        joined
            ? ExportText.partOfMany(format, fields, entry.account())
            : ExportText.of(format, fields, entry.account(), export.start() != null);
    return export
        .runQuietly(client, entry.account(), text)
        .flatMap(
            report ->
                Mono.fromCallable(
                    () -> {
                      text.finish(invocation, file);
                      progress.done(account, ExportText.length(format, file));
                      return CountText.policies(report.matched())
                          + (report.complete() ? "" : ", and some may be missing");
                    }));
  }

  /**
   * Ends an export: every account has its file, but for those that were left out. Joins the one
   * file, if it is one. The record goes before the parts: without it nobody counts on them.
   */
  public void finish(List<AccountEntry> accounts, AccountsProgress progress) throws IOException {
    if (!joined) {
      progress.finish();
      return;
    }
    List<String> parts =
        accounts.stream().map(entry -> entry.account().value()).filter(progress::isDone).toList();
    try (Output output = Output.file(all, true)) {
      ExportText.headOfMany(format, fields, accounts.get(0).account(), output.stream());
      for (String account : parts) {
        // It was whole when the export began.
        if (!progress.isDone(account, Files.copy(path(account), output.stream()))) {
          throw new IOException(
              path(account) + " was changed meanwhile; --resume exports its account anew");
        }
      }
      output.commit();
    }
    progress.finish();
    for (String account : parts) {
      Files.deleteIfExists(path(account));
    }
    try {
      Files.deleteIfExists(path(ACCOUNT).getParent());
    } catch (DirectoryNotEmptyException e) {
      invocation.say("files of other accounts stay in " + path(ACCOUNT).getParent());
    }
  }

  private Map<String, String> job(String account, String source) {
    Map<String, String> job = new LinkedHashMap<>();
    job.put("account", account);
    job.put("source", source);
    job.put("filter", filter.toString());
    if (!tag.selectsAll()) {
      job.put("tag", tag.toString());
    }
    job.put("format", format.toString());
    job.put(
        "fields", (joined ? "account_id, " : "") + (fields == null ? "all" : fields.toString()));
    return job;
  }
}

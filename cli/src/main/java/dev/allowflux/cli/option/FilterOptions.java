package dev.allowflux.cli.option;

import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PatternType;
import dev.allowflux.reactor.ClientSettings;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which policies a listing is of, and how it is fetched. */
public final class FilterOptions {

  @Option(
      names = "--search",
      paramLabel = "TEXT",
      description = "Policies that match free text; the service says how.")
  @Nullable String search;

  @Option(
      names = "--pattern",
      paramLabel = "TEXT",
      description = "Policies with exactly this pattern.")
  @Nullable String pattern;

  @Option(
      names = "--pattern-type",
      paramLabel = "TYPE",
      completionCandidates = PatternTypes.class,
      description = "Policies of one kind: ${COMPLETION-CANDIDATES}.")
  @Nullable PatternType patternType;

  @Option(
      names = "--trusted-sender",
      arity = "1",
      paramLabel = "true|false",
      description = "Policies with or without this flag.")
  @Nullable Boolean trustedSender;

  @Option(
      names = "--acceptable-sender",
      arity = "1",
      paramLabel = "true|false",
      description = "Likewise.")
  @Nullable Boolean acceptableSender;

  @Option(
      names = "--exempt-recipient",
      arity = "1",
      paramLabel = "true|false",
      description = "Likewise.")
  @Nullable Boolean exemptRecipient;

  @Option(
      names = "--verify-sender",
      arity = "1",
      paramLabel = "true|false",
      description = "Likewise.")
  @Nullable Boolean verifySender;

  @Option(
      names = "--order",
      paramLabel = "FIELD",
      completionCandidates = Orders.class,
      description = "Sort by ${COMPLETION-CANDIDATES}; default: the service's order.")
  AllowPolicyFilter.@Nullable Order order;

  @Option(
      names = "--direction",
      paramLabel = "DIRECTION",
      completionCandidates = Directions.class,
      description = "${COMPLETION-CANDIDATES}; default: the service's.")
  AllowPolicyFilter.@Nullable Direction direction;

  @Option(
      names = "--per-page",
      paramLabel = "N",
      description = "Policies a page, 1 to 1000; default: 1000.")
  public @Nullable Integer perPage;

  @Option(
      names = "--read-ahead",
      paramLabel = "N",
      description =
          "Pages in flight ahead of the one being written, 0 to 8; default: 8 in an export of one"
              + " account, else 1.")
  @Nullable Integer readAhead;

  public AllowPolicyFilter filter(CommandLine command) {
    return Arguments.checked(
        command,
        () ->
            AllowPolicyFilter.builder()
                .search(search)
                .pattern(pattern)
                .patternType(patternType)
                .isTrustedSender(trustedSender)
                .isAcceptableSender(acceptableSender)
                .isExemptRecipient(exemptRecipient)
                .verifySender(verifySender)
                .order(order)
                .direction(direction)
                .build());
  }

  /**
   * Returns how the listing is fetched.
   *
   * @param usualReadAhead the pages in flight if the option is absent
   */
  public Consumer<ClientSettings.Builder> fetching(CommandLine command, int usualReadAhead) {
    return settings ->
        Arguments.checked(
            command,
            () -> {
              if (perPage != null) {
                settings.pageSize(perPage);
              }
              return settings.readAhead(readAhead == null ? usualReadAhead : readAhead);
            });
  }

  /** The API's own word for "unknown" can be listed, but not written. */
  static final class PatternTypes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("EMAIL", "DOMAIN", "IP", "UNKNOWN").iterator();
    }
  }

  static final class Orders implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("pattern", "created_at").iterator();
    }
  }

  static final class Directions implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("asc", "desc").iterator();
    }
  }
}

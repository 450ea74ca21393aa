package dev.allowflux.cli.option;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyTag;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Selects policies by the tag in their comments; the service cannot, so all are read. */
public final class TagFilter {
  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description = "Policies whose comments name this owner; - for those that name none.")
  private @Nullable String owner;

  @Option(names = "--expired", description = "Policies whose last day is over.")
  private boolean expired;

  @Option(
      names = "--expires-before",
      paramLabel = "DAY",
      description = "Policies whose last day is before this one, such as 2027-03-31.")
  private @Nullable String expiresBefore;

  private @Nullable LocalDate before;

  /** Checks what was given. */
  public TagFilter checked(CommandLine command) {
    String day = expiresBefore;
    before = day == null ? null : Arguments.checked(command, () -> PolicyTag.day(day));
    return this;
  }

  public boolean selectsAll() {
    return owner == null && !expired && expiresBefore == null;
  }

  /** Returns the selected ones of some policies. */
  public List<AllowPolicy> of(List<AllowPolicy> policies) {
    Instant now = Instant.now();
    return selectsAll()
        ? policies
        : policies.stream().filter(policy -> selects(policy, now)).toList();
  }

  private boolean selects(AllowPolicy policy, Instant now) {
    PolicyTag tag = PolicyTag.of(policy.comments());
    boolean ofOwner =
        owner == null
            || (owner.equals("-") ? tag.owners().isEmpty() : tag.owners().contains(owner));
    LocalDate limit = before;
    return ofOwner
        && (!expired || tag.isExpired(now))
        && (limit == null || tag.expires().map(day -> day.isBefore(limit)).orElse(false));
  }

  /** Returns what was given, for comparing it with another run's. */
  @Override
  public String toString() {
    return "owner=" + owner + ", expired=" + expired + ", expires-before=" + expiresBefore;
  }
}

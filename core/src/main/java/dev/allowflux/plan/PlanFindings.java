package dev.allowflux.plan;

import dev.allowflux.model.PolicyId;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was found while a plan was made: broken rules, and what people should know. */
final class PlanFindings {
  /** All of them have to be corrected, so all are named, up to a number that nobody reads. */
  private static final int MOST_CONFLICTS = 1000;

  final BoundedSample twice = new BoundedSample(BoundedSample.FEW);
  final BoundedSample duplicated = new BoundedSample(BoundedSample.FEW);
  final BoundedSample otherCase = new BoundedSample(BoundedSample.FEW);
  final BoundedSample foreign = new BoundedSample(BoundedSample.FEW);
  final BoundedSample moved = new BoundedSample(BoundedSample.FEW);
  final BoundedSample marked = new BoundedSample(BoundedSample.FEW);
  final BoundedSample expired = new BoundedSample(BoundedSample.FEW);
  final BoundedSample unreadable = new BoundedSample(BoundedSample.FEW);
  long ignored;
  int leftOut;
  long deletable;
  long editable;

  final ExposureCheck exposure;

  private final SyncLimits limits;
  private final NavigableMap<LocalDate, BoundedSample> byLastDay = new TreeMap<>();
  private final Map<SafetyRule, BoundedSample> broken = new EnumMap<>(SafetyRule.class);

  PlanFindings(SyncLimits limits, ExposureRules rules) {
    this.limits = limits;
    exposure = new ExposureCheck(rules);
  }

  /** How many policies would be deleted: since nobody desires them, and since they expired. */
  record Deletes(int undesired, int expired) {
    static final Deletes NONE = new Deletes(0, 0);
  }

  /** The policies that break a rule. */
  BoundedSample broken(SafetyRule rule) {
    return broken.computeIfAbsent(
        rule,
        r ->
            new BoundedSample(
                r == SafetyRule.CONFLICTING_DESIRED ? MOST_CONFLICTS : BoundedSample.FEW));
  }

  /** Takes note of a policy that may have expired by the time that the account was read. */
  void note(PolicyTag tag, PolicyId id) {
    if (tag.unreadable().isEmpty() && tag.expires().isPresent()) {
      byLastDay
          .computeIfAbsent(tag.expires().get(), day -> new BoundedSample(BoundedSample.FEW))
          .add(id.value());
    }
  }

  /** Counts the noted policies that have expired. */
  void countExpired(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    byLastDay.headMap(today).values().forEach(expired::addAll);
  }

  /** Returns the broken rules that were not allowed to be broken. */
  List<Refusal> refusals(int edits, Deletes deletes) {
    return refusals(edits, deletes, limits);
  }

  /** Returns the rules that are broken since they were allowed to be. */
  List<SafetyRule.Overridden> overrides(int edits, Deletes deletes) {
    return refusals(edits, deletes, SyncLimits.standard()).stream()
        .map(refusal -> new SafetyRule.Overridden(refusal.rule(), refusal.what()))
        .toList();
  }

  private List<Refusal> refusals(int edits, Deletes deletes, SyncLimits limits) {
    List<Refusal> refusals = new ArrayList<>(exposure.refusals(limits));
    for (SafetyRule rule : SafetyRule.values()) {
      BoundedSample examples = broken.get(rule);
      String what =
          switch (rule) {
            case DELETE_PERCENT ->
                share(deletes.undesired(), deletable, "deleted", limits.maxDeletePercent());
            case DELETES ->
                deletes.undesired() <= limits.maxDeletes()
                    ? null
                    : policies(deletes.undesired())
                        + " would be deleted, more than "
                        + limits.maxDeletes();
            case EXPIRED ->
                deletes.expired() <= limits.maxExpired()
                    ? null
                    : policies(deletes.expired())
                        + " would be deleted whose last day is over, more than "
                        + limits.maxExpired();
            case EDIT_PERCENT -> share(edits, editable, "edited", limits.maxEditPercent());
            default -> examples == null ? null : rule.finding(examples.count());
          };
      if (what != null && !limits.allowed().contains(rule)) {
        refusals.add(
            new Refusal(
                rule,
                what,
                rule.override(),
                examples == null || rule == SafetyRule.EMPTY_DESIRED
                    ? List.of()
                    : examples.first()));
      }
    }
    refusals.sort(Comparator.comparing(Refusal::rule));
    return refusals;
  }

  private static @Nullable String share(int part, long whole, String what, int percent) {
    return 100L * part <= percent * whole
        ? null
        : part + " of " + policies(whole) + " would be " + what + ", more than " + percent + " %";
  }

  private static String policies(long count) {
    return count == 1 ? "1 policy" : count + " policies";
  }

  /** Returns what people should know about the plan. */
  List<String> warnings(AccountRead read, int creates) {
    List<String> warnings = new ArrayList<>();
    if (leftOut > 0) {
      warnings.add(
          policies(leftOut)
              + " would be deleted, but "
              + (leftOut == 1 ? "is" : "are")
              + " not: the reading may have missed some");
    }
    if (creates > 0 && !read.complete()) {
      warnings.add("the reading may have missed some: what would be created may be there already");
    }
    warn(
        warnings,
        moved,
        "1 policy changed its pattern while it was read",
        "policies changed their pattern while they were read");
    warn(
        warnings,
        twice,
        "1 policy is desired twice in the same way",
        "policies are desired twice in the same way");
    warn(
        warnings,
        duplicated,
        "1 policy is there more than once",
        "policies are there more than once");
    warn(
        warnings,
        otherCase,
        "1 e-mail address is there with its local part in another case and is not created",
        "e-mail addresses are there with their local part in another case and are not created");
    warn(
        warnings,
        foreign,
        "1 desired policy has another owner and is left alone",
        "desired policies have another owner and are left alone");
    warn(
        warnings,
        marked,
        "1 policy that changes has the marker of an owner",
        "policies that change have the marker of an owner");
    warn(warnings, expired, "1 policy has expired and stays", "policies have expired and stay");
    warn(
        warnings,
        unreadable,
        "1 policy has a tag in its comments that cannot be read",
        "policies have tags in their comments that cannot be read");
    warn(
        warnings,
        exposure.warnings(),
        "1 regular expression to look at",
        "regular expressions to look at");
    if (ignored > 0) {
      warnings.add(policies(ignored) + " of no known kind are left alone");
    }
    return warnings;
  }

  private static void warn(List<String> warnings, BoundedSample examples, String one, String many) {
    if (examples.count() > 0) {
      warnings.add(examples.describe(one, many));
    }
  }
}

package dev.allowflux.internal.http;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.PolicyMatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which created policy belongs to which requested one, whatever their order: as many pairs as
 * {@link PolicyMatch} allows.
 *
 * <p>A created policy that has all fields belongs to one class of equal requests, so those are
 * counted off, to the letter first, then by normal form, then in any case, in linear time. One that
 * lacks fields may belong to several; those are paired by augmenting paths over sets of requests,
 * which are looked up by the fields that it has.
 */
final class CreatePairs {

  private static final int NONE = -1;
  private static final List<PatternType> TYPES =
      List.of(PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP);

  private final List<NewAllowPolicy> requested;
  private final List<AllowPolicy> found;

  /** The created policy of each request, and the request of each created policy. */
  private final int[] foundOf;

  private final int[] requestOf;

  private CreatePairs(List<NewAllowPolicy> requested, List<AllowPolicy> found) {
    this.requested = requested;
    this.found = found;
    this.foundOf = new int[requested.size()];
    this.requestOf = new int[found.size()];
    Arrays.fill(foundOf, NONE);
    Arrays.fill(requestOf, NONE);
  }

  /**
   * Pairs them.
   *
   * @return for each requested policy the created one, or null if it has none
   */
  static List<@Nullable AllowPolicy> of(List<NewAllowPolicy> requested, List<AllowPolicy> found) {
    CreatePairs pairs = new CreatePairs(requested, found);
    for (Spelling spelling : Spelling.values()) {
      pairs.pairWhole(spelling);
    }
    pairs.pairPartial();
    List<@Nullable AllowPolicy> paired = new ArrayList<>(requested.size());
    for (int index : pairs.foundOf) {
      paired.add(index == NONE ? null : found.get(index));
    }
    return paired;
  }

  /** Which texts count as one. */
  private enum Spelling {
    LETTER,
    NORMAL_FORM,
    /** The normal form, the local part of an e-mail address in any case. */
    ANY_CASE;

    String pattern(PatternType type, boolean regex, String text) {
      if (this == LETTER) {
        return text;
      }
      PolicyKey key = new PolicyKey(type, regex, text);
      return this == ANY_CASE ? key.inAnyCase().pattern() : key.pattern();
    }

    String comments(String text) {
      return this == LETTER ? text : text.strip();
    }
  }

  /** The fields of a policy that are compared; null for those that are left out. */
  private record Fields(
      PatternType type,
      boolean regex,
      @Nullable String pattern,
      @Nullable Boolean trusted,
      @Nullable Boolean acceptable,
      @Nullable Boolean exempt,
      @Nullable Boolean verified,
      @Nullable String comments) {

    static Fields of(NewAllowPolicy policy, Spelling spelling) {
      return new Fields(
          policy.patternType(),
          policy.isRegex(),
          spelling.pattern(policy.patternType(), policy.isRegex(), policy.pattern()),
          policy.isTrustedSender(),
          policy.isAcceptableSender(),
          policy.isExemptRecipient(),
          policy.verifySender(),
          spelling.comments(Objects.requireNonNullElse(policy.comments(), "")));
    }

    static Fields of(AllowPolicy policy, PatternType type, boolean regex, Spelling spelling) {
      String pattern = policy.pattern();
      String comments = policy.comments();
      return new Fields(
          type,
          regex,
          pattern == null ? null : spelling.pattern(type, regex, pattern),
          policy.isTrustedSender(),
          policy.isAcceptableSender(),
          policy.isExemptRecipient(),
          policy.verifySender(),
          comments == null ? null : spelling.comments(comments));
    }

    boolean isWhole() {
      return pattern != null
          && trusted != null
          && acceptable != null
          && exempt != null
          && verified != null
          && comments != null;
    }

    /** The same without the fields that another one leaves out. */
    Fields like(Fields other) {
      return new Fields(
          type,
          regex,
          other.pattern == null ? null : pattern,
          other.trusted == null ? null : trusted,
          other.acceptable == null ? null : acceptable,
          other.exempt == null ? null : exempt,
          other.verified == null ? null : verified,
          other.comments == null ? null : comments);
    }

    /** Which fields it has, as a number. */
    int mask() {
      return (pattern == null ? 0 : 1)
          | (trusted == null ? 0 : 2)
          | (acceptable == null ? 0 : 4)
          | (exempt == null ? 0 : 8)
          | (verified == null ? 0 : 16)
          | (comments == null ? 0 : 32);
    }
  }

  /** The fields of a created policy, once for each kind that it may be of. */
  private static List<Fields> fieldsOf(AllowPolicy policy, Spelling spelling) {
    List<Fields> fields = new ArrayList<>();
    Boolean regex = policy.isRegex();
    for (PatternType type : policy.patternType() == null ? TYPES : List.of(policy.patternType())) {
      if (TYPES.contains(type)) {
        for (Boolean each : regex == null ? List.of(false, true) : List.of(regex)) {
          fields.add(Fields.of(policy, type, each, spelling));
        }
      }
    }
    return fields;
  }

  /** Pairs created policies that have all fields with requests that have the same ones. */
  private void pairWhole(Spelling spelling) {
    Map<Fields, Deque<Integer>> free = new HashMap<>();
    for (int i = 0; i < foundOf.length; i++) {
      if (foundOf[i] == NONE) {
        free.computeIfAbsent(Fields.of(requested.get(i), spelling), key -> new ArrayDeque<>())
            .add(i);
      }
    }
    for (int i = 0; i < requestOf.length; i++) {
      List<Fields> fields = requestOf[i] == NONE ? fieldsOf(found.get(i), spelling) : List.of();
      if (fields.size() == 1 && fields.get(0).isWhole()) {
        Deque<Integer> requests = free.get(fields.get(0));
        if (requests != null && !requests.isEmpty()) {
          pair(requests.remove(), i);
        }
      }
    }
  }

  private void pair(int request, int index) {
    foundOf[request] = index;
    requestOf[index] = request;
  }

  /** Pairs what is left, which lacks fields, as far as it can be paired at all. */
  private void pairPartial() {
    BitSet free = new BitSet();
    for (int i = 0; i < foundOf.length; i++) {
      free.set(i, foundOf[i] == NONE);
    }
    if (free.isEmpty()) {
      return;
    }
    Map<Fields, BitSet> index = new HashMap<>();
    BitSet indexed = new BitSet();
    BitSet[] possible = new BitSet[requestOf.length];
    for (int i = 0; i < requestOf.length; i++) {
      BitSet requests = new BitSet();
      if (requestOf[i] == NONE) {
        for (Fields fields : fieldsOf(found.get(i), Spelling.ANY_CASE)) {
          if (!indexed.get(fields.mask())) {
            indexed.set(fields.mask());
            index(free, fields, index);
          }
          requests.or(index.getOrDefault(fields, new BitSet()));
        }
      }
      possible[i] = requests;
    }
    pairToTheLetter(possible);
    for (int i = 0; i < requestOf.length; i++) {
      if (requestOf[i] == NONE) {
        augment(i, possible, (BitSet) free.clone());
      }
    }
  }

  /** Indexes the free requests by the fields that another policy has. */
  private void index(BitSet free, Fields like, Map<Fields, BitSet> index) {
    for (int i = free.nextSetBit(0); i >= 0; i = free.nextSetBit(i + 1)) {
      Fields fields = Fields.of(requested.get(i), Spelling.ANY_CASE).like(like);
      index.computeIfAbsent(fields, key -> new BitSet()).set(i);
    }
  }

  /** Begins with pairs that need no note beyond what is absent. */
  private void pairToTheLetter(BitSet[] possible) {
    Map<String, BitSet> byPattern = new HashMap<>();
    for (int i = 0; i < foundOf.length; i++) {
      if (foundOf[i] == NONE) {
        byPattern.computeIfAbsent(requested.get(i).pattern(), key -> new BitSet()).set(i);
      }
    }
    for (int i = 0; i < requestOf.length; i++) {
      BitSet same = byPattern.get(Objects.requireNonNullElse(found.get(i).pattern(), ""));
      if (requestOf[i] == NONE && same != null) {
        BitSet both = (BitSet) same.clone();
        both.and(possible[i]);
        int request = both.nextSetBit(0);
        if (request >= 0) {
          pair(request, i);
          same.clear(request);
        }
      }
    }
  }

  /** Finds a request for a created policy; others give theirs up for another one if need be. */
  private boolean augment(int index, BitSet[] possible, BitSet unseen) {
    BitSet next = (BitSet) possible[index].clone();
    next.and(unseen);
    for (int i = next.nextSetBit(0); i >= 0; i = next.nextSetBit(i + 1)) {
      if (foundOf[i] == NONE) {
        pair(i, index);
        return true;
      }
    }
    for (int i = next.nextSetBit(0); i >= 0; i = next.nextSetBit(i + 1)) {
      if (unseen.get(i)) {
        unseen.clear(i);
        if (augment(foundOf[i], possible, unseen)) {
          pair(i, index);
          return true;
        }
      }
    }
    return false;
  }
}

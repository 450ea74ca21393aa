package dev.allowflux.internal.paging;

import dev.allowflux.model.PolicyId;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a group of ties is whole: that all policies created at one instant, the watermark,
 * have come. They may lie on several pages, in an order that changes from response to response, so
 * the different ones that came are counted against the positions that the group takes.
 *
 * <p>A round reads each position of the group once from the top down. Positions only move down
 * meanwhile, so a position may be read twice but none is skipped: as many different policies as
 * positions are all of them. If fewer came, the group is read in another round. What came in
 * several rounds adds up only while nothing changes; otherwise one that was deleted would make up
 * for one that is missing. Nothing is deleted in the group or below it while its top and its bottom
 * stay where they are. Where policies may also be added, the total must stay too, and the group has
 * to come whole three times with the same policies in the same places: one that shows up late
 * pushes another one over a border, and if one is deleted then, all counts are as before. While a
 * service repeats an old total, that happened to one policy twice in a row in some 600,000 accounts
 * made for it.
 */
final class TieGroupProof {

  /** What is known of the group after a round. */
  enum Verdict {
    WHOLE,
    READ_AGAIN,
    /** Too many rounds: policies of the group may be missing. */
    GIVEN_UP
  }

  private record Whole(Set<PolicyId> policies, long top, long bottom, Long total) {}

  private static final int MAX_ROUNDS = 30;
  private static final int EQUAL_ROUNDS = 3;
  private static final int MAX_UNSTEADY_ROUNDS = 3;
  private static final long UNKNOWN = -2;

  /** The first position above the group, once the top of the group was seen. */
  private long top = UNKNOWN;

  private @Nullable Long totalAtTop;
  private Set<PolicyId> round = new HashSet<>();
  private Set<PolicyId> steadyRounds = new HashSet<>();
  private long steadyTop = UNKNOWN;
  private long steadyBottom = UNKNOWN;
  private @Nullable Long steadyTotal;

  /** A group that may grow, once as many policies came as there are positions. */
  private @Nullable Whole whole;

  private int wholeRounds;
  private int rounds;

  /** Begins a round at the top of the group. */
  void beginRound(long newTop, @Nullable Long total) {
    top = newTop;
    totalAtTop = total;
    round = new HashSet<>();
  }

  /** Begins a round whose top will be on the next page. */
  void beginRoundAbove(@Nullable Long total) {
    beginRound(UNKNOWN, total);
  }

  /** Begins a round wherever the group is found. */
  void loseTop() {
    top = UNKNOWN;
    round = new HashSet<>();
  }

  /** Keeps the policies of the round, but expects its top on the next page. */
  void expectTopAgain() {
    top = UNKNOWN;
  }

  boolean isTopKnown() {
    return top != UNKNOWN;
  }

  long top() {
    return top;
  }

  /** Notes a policy of the group; false if it came before in this round. */
  boolean add(PolicyId id) {
    return round.add(id);
  }

  /** The group is whole or given up: the next one has not been seen. */
  void beginGroup() {
    loseTop();
    steadyRounds = new HashSet<>();
    steadyTop = UNKNOWN;
    whole = null;
    rounds = 0;
  }

  /**
   * Ends a round.
   *
   * @param bottom the position of the lowest policy of the group
   * @param total the total of the last response
   * @param mayGrow whether policies may still show up in the group or below it. They push others
   *     over the border between two pages, so then a round counts only if nothing changed.
   */
  Verdict endRound(long bottom, @Nullable Long total, boolean mayGrow) {
    long positions = top - bottom;
    boolean quiet = total != null && total.equals(totalAtTop);
    boolean steady = top == steadyTop && bottom == steadyBottom;
    if (steady && (!mayGrow || (quiet && Objects.equals(total, steadyTotal)))) {
      steadyRounds.addAll(round);
    } else {
      steadyRounds = new HashSet<>(round);
      steadyTop = top;
      steadyBottom = bottom;
      steadyTotal = total;
    }
    boolean allCame = steadyRounds.size() >= positions;
    if (allCame && !mayGrow) {
      return Verdict.WHOLE;
    }
    if (allCame && quiet && total != null) {
      Whole now = new Whole(steadyRounds, top, bottom, total);
      wholeRounds = now.equals(whole) ? wholeRounds + 1 : 1;
      if (wholeRounds == EQUAL_ROUNDS) {
        return Verdict.WHOLE;
      }
      whole = now;
      steadyTop = UNKNOWN;
    }
    rounds++;
    return rounds < (allCame && !quiet ? MAX_UNSTEADY_ROUNDS : MAX_ROUNDS)
        ? Verdict.READ_AGAIN
        : Verdict.GIVEN_UP;
  }
}

package dev.allowflux.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** How many there are, and the first of them in order, whatever order they come in. */
final class BoundedSample {
  static final int FEW = 20;

  private final int most;
  private final TreeSet<String> first = new TreeSet<>();
  private long count;

  BoundedSample(int most) {
    this.most = most;
  }

  void add(String example) {
    count++;
    if (first.size() == most && first.last().compareTo(example) <= 0) {
      return;
    }
    first.add(example);
    if (first.size() > most) {
      first.pollLast();
    }
  }

  void addAll(BoundedSample other) {
    long before = count;
    other.first.forEach(this::add);
    count = before + other.count;
  }

  long count() {
    return count;
  }

  List<String> first() {
    return new ArrayList<>(first);
  }

  /** {@code 3 policies are …: a, b and 1 more}. */
  String describe(String one, String many) {
    StringBuilder text = new StringBuilder();
    text.append(count == 1 ? one : count + " " + many).append(": ");
    text.append(String.join(", ", first));
    long more = count - first.size();
    return more == 0
        ? text.toString()
        : text.append(" and ").append(more).append(" more").toString();
  }
}

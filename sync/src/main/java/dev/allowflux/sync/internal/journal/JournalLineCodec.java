package dev.allowflux.sync.internal.journal;

import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.internal.journal.JournalLine.Ended;
import dev.allowflux.sync.internal.journal.JournalLine.Found;
import dev.allowflux.sync.internal.journal.JournalLine.Head;
import dev.allowflux.sync.internal.journal.JournalLine.Removing;
import dev.allowflux.sync.internal.journal.JournalLine.Sending;
import dev.allowflux.sync.internal.journal.JournalLine.Skipped;
import dev.allowflux.sync.internal.journal.JournalLine.Verified;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines of a journal to text and back. The first member of a line says which kind it is. */
public final class JournalLineCodec {
  private static final String KIND = "allowflux apply";

  /** How the text of every head begins. */
  static final String START = "{\"journal\":\"" + KIND + "\"";

  private JournalLineCodec() {}

  /**
   * Writes a line.
   *
   * @param line the line
   * @return JSON without a line end
   */
  public static String write(JournalLine line) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (line instanceof Head head) {
      members.put("journal", KIND);
      members.put("version", JournalLine.VERSION);
      members.put("plan", head.plan());
      members.put("account", head.account());
      members.put("run", head.run());
    } else if (line instanceof Found found) {
      members.put("found", found.changes());
      members.put("at", found.at().toString());
    } else if (line instanceof Skipped skipped) {
      members.put("skipped", skipped.changes());
      members.put("why", skipped.why());
      members.put("at", skipped.at().toString());
    } else if (line instanceof Sending sending) {
      members.put("send", sending.batch());
      members.put("changes", sending.changes());
      members.put("at", sending.at().toString());
    } else if (line instanceof Ended ended) {
      put(members, ended);
    } else if (line instanceof Removing removing) {
      put(members, "remove", removing.copies());
      members.put("at", removing.at().toString());
    } else if (line instanceof Verified verified) {
      put(members, verified);
    }
    return JsonLine.write(members);
  }

  private static void put(Map<String, Object> members, Ended ended) {
    members.put("end", ended.batch());
    members.put("outcome", ended.outcome().name().toLowerCase(Locale.ROOT));
    members.put("at", ended.at().toString());
    if (ended.isLost()) {
      members.put("response", "lost");
    }
    if (ended.cfRay() != null) {
      members.put("cf_ray", ended.cfRay());
    }
    if (ended.why() != null) {
      members.put("why", ended.why());
    }
    members.put("done", ended.done());
    members.put("refused", ended.refused());
    members.put("created", new ArrayList<>(ended.created().keySet()));
    members.put("ids", ids(ended.created().values()));
  }

  private static void put(Map<String, Object> members, Verified verified) {
    members.put("verified", verified.isClean() ? "all" : "not all");
    members.put("missing", verified.missing());
    members.put("changed", verified.changed());
    put(members, "twice", verified.duplicates());
    members.put("unconfirmed", verified.unconfirmed());
    members.put("at", verified.at().toString());
  }

  /** Two lists of one length: a change as often as it has ids, and the ids. */
  private static void put(
      Map<String, Object> members, String name, Map<Integer, List<PolicyId>> idsByChange) {
    List<Integer> changes = new ArrayList<>();
    List<String> copies = new ArrayList<>();
    idsByChange.forEach(
        (change, ids) ->
            ids.forEach(
                id -> {
                  changes.add(change);
                  copies.add(id.value());
                }));
    members.put(name, changes);
    members.put("copies", copies);
  }

  private static List<String> ids(Iterable<PolicyId> ids) {
    List<String> texts = new ArrayList<>();
    ids.forEach(id -> texts.add(id.value()));
    return texts;
  }

  /**
   * Reads a line.
   *
   * @param text JSON without a line end
   * @return the line
   * @throws IllegalArgumentException if it is no line of a journal of this version
   */
  public static JournalLine read(String text) {
    Map<String, Object> members = JsonLine.read(text);
    String kind = members.isEmpty() ? "" : members.keySet().iterator().next();
    return switch (kind) {
      case "journal" -> head(members);
      case "found" -> new Found(numbers(members, "found"), time(members));
      case "skipped" ->
          new Skipped(numbers(members, "skipped"), text(members, "why"), time(members));
      case "send" ->
          new Sending(number(members, "send"), numbers(members, "changes"), time(members));
      case "end" -> ended(members);
      case "remove" -> new Removing(idsByChange(members, "remove"), time(members));
      case "verified" -> verified(members);
      default -> throw new IllegalArgumentException("its kind is not known");
    };
  }

  private static Head head(Map<String, Object> members) {
    if (!KIND.equals(text(members, "journal"))) {
      throw new IllegalArgumentException("it is of another kind");
    }
    int version = number(members, "version");
    if (version != JournalLine.VERSION) {
      throw new IllegalArgumentException(
          "it has version " + version + ", only " + JournalLine.VERSION + " is known");
    }
    return new Head(text(members, "plan"), text(members, "account"), text(members, "run"));
  }

  private static Ended ended(Map<String, Object> members) {
    Map<Integer, PolicyId> created = new LinkedHashMap<>();
    List<Integer> changes = numbers(members, "created");
    List<PolicyId> ids = ids(members, "ids");
    if (changes.size() != ids.size()) {
      throw new IllegalArgumentException("created and ids differ in length");
    }
    for (int i = 0; i < ids.size(); i++) {
      created.put(changes.get(i), ids.get(i));
    }
    return new Ended(
        number(members, "end"),
        outcome(text(members, "outcome")),
        members.containsKey("response"),
        numbers(members, "done"),
        numbers(members, "refused"),
        created,
        textOrNull(members, "cf_ray"),
        textOrNull(members, "why"),
        time(members));
  }

  private static Verified verified(Map<String, Object> members) {
    return new Verified(
        numbers(members, "missing"),
        numbers(members, "changed"),
        idsByChange(members, "twice"),
        numbers(members, "unconfirmed"),
        time(members));
  }

  private static Map<Integer, List<PolicyId>> idsByChange(
      Map<String, Object> members, String name) {
    List<Integer> changes = numbers(members, name);
    List<PolicyId> copies = ids(members, "copies");
    if (changes.size() != copies.size()) {
      throw new IllegalArgumentException(name + " and copies differ in length");
    }
    Map<Integer, List<PolicyId>> idsByChange = new LinkedHashMap<>();
    for (int i = 0; i < copies.size(); i++) {
      idsByChange.computeIfAbsent(changes.get(i), change -> new ArrayList<>()).add(copies.get(i));
    }
    return idsByChange;
  }

  private static Outcome outcome(String word) {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.name().toLowerCase(Locale.ROOT).equals(word)) {
        return outcome;
      }
    }
    throw new IllegalArgumentException("the outcome " + word + " is not known");
  }

  private static Instant time(Map<String, Object> members) {
    String text = text(members, "at");
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(text + " is no time", e);
    }
  }

  private static String text(Map<String, Object> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " is missing or no text");
  }

  private static @Nullable String textOrNull(Map<String, Object> members, String name) {
    return members.containsKey(name) ? text(members, name) : null;
  }

  private static int number(Map<String, Object> members, String name) {
    if (members.get(name) instanceof Integer number) {
      return number;
    }
    throw new IllegalArgumentException(name + " is no number");
  }

  private static List<Integer> numbers(Map<String, Object> members, String name) {
    return list(members, name, Integer.class);
  }

  private static List<PolicyId> ids(Map<String, Object> members, String name) {
    return list(members, name, String.class).stream().map(PolicyId::new).toList();
  }

  private static <T> List<T> list(Map<String, Object> members, String name, Class<T> type) {
    if (members.get(name) instanceof List<?> list && list.stream().allMatch(type::isInstance)) {
      return list.stream().map(type::cast).toList();
    }
    throw new IllegalArgumentException(name + " is missing or no list of its kind");
  }
}

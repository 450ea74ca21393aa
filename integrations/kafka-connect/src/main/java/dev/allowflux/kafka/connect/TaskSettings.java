package dev.allowflux.kafka.connect;

import dev.allowflux.model.AccountId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration of a task: that of the connector with fewer credentials.
 *
 * <p>In what it stores of a task, Connect puts the references of config providers back, for each
 * key that had one in the connector's configuration. So the names of the task's own credentials are
 * under a key that a connector's configuration does not have, and every other key means the same in
 * both.
 */
final class TaskSettings {

  /** The names of the task's credentials. Set by the connector. */
  static final String CREDENTIALS = "task.credentials";

  /** The accounts that other tasks' credentials name. Set by the connector where it matters. */
  static final String OTHERS = "task.accounts.of.others";

  private TaskSettings() {}

  /** The configuration of a task, without the keys of other tasks' credentials. */
  static Map<String, String> of(Map<String, String> connector, List<String> own) {
    Set<String> others =
        SourceSettings.names(connector).stream()
            .filter(name -> !own.contains(name))
            .map(name -> SourceSettings.key(name, ""))
            .collect(Collectors.toSet());
    Map<String, String> task = new HashMap<>(connector);
    task.keySet().removeIf(key -> others.stream().anyMatch(key::startsWith));
    task.put(CREDENTIALS, String.join(",", own));
    task.remove(OTHERS);
    if (own.stream().anyMatch(name -> accounts(connector, name).contains(SourceSettings.ALL))) {
      String named =
          SourceSettings.names(connector).stream()
              .filter(name -> !own.contains(name))
              .flatMap(name -> accounts(connector, name).stream())
              .filter(account -> !account.equals(SourceSettings.ALL))
              .collect(Collectors.joining(","));
      if (!named.isEmpty()) {
        task.put(OTHERS, named);
      }
    }
    return task;
  }

  private static List<String> accounts(Map<String, String> connector, String name) {
    return split(connector.getOrDefault(SourceSettings.key(name, "accounts"), ""));
  }

  private static List<String> split(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /** The accounts of a task's configuration that others read. */
  static List<AccountId> accountsOfOthers(Map<String, String> task) {
    return split(task.getOrDefault(OTHERS, "")).stream().map(AccountId::new).toList();
  }

  /** Reads what {@link #of} made, or Connect of it. */
  static SourceSettings read(Map<String, String> task) {
    Map<String, String> values = new HashMap<>(task);
    String own = values.remove(CREDENTIALS);
    if (own != null) {
      values.put(SourceSettings.CREDENTIALS, own);
    }
    return new SourceSettings(values);
  }
}

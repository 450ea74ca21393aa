package dev.allowflux.kafka.connect;

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
    return task;
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

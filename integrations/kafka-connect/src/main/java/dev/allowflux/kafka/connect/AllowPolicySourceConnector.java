package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.SourceSettings.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka Connect source of the allow policies of any number of accounts.
 *
 * <p>Made and driven by Connect. Its configuration names credentials and their accounts; the tasks
 * are cut by credential, since that is what the API's quota belongs to, and no two tasks share one.
 * {@code docs/kafka-connect.md} has every setting and what the records guarantee.
 *
 * @since 0.1
 */
public final class AllowPolicySourceConnector extends SourceConnector {

  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicySourceConnector.class);

  private Map<String, String> configuration = Map.of();

  /** Makes a connector, as Connect does. */
  public AllowPolicySourceConnector() {}

  /**
   * Returns the version of the connector.
   *
   * @return that of allowflux
   */
  @Override
  public String version() {
    return ConnectorVersion.get();
  }

  /**
   * Returns the settings that do not depend on the names of credentials.
   *
   * @return their definitions
   */
  @Override
  public ConfigDef config() {
    return SourceSettings.definition(List.of());
  }

  /**
   * Checks each setting, and with the API that each credential can read its first account.
   *
   * @param values the configuration
   * @return each setting with what is wrong with it
   */
  @Override
  public Config validate(Map<String, String> values) {
    ConfigDef definition = SourceSettings.definition(SourceSettings.names(values));
    Map<String, ConfigValue> checked = new LinkedHashMap<>(definition.validateAll(values));
    if (checked.values().stream().allMatch(value -> value.errorMessages().isEmpty())) {
      Map<String, String> problems = new LinkedHashMap<>();
      SourceSettings settings = new SourceSettings(values);
      List<Tenant> tenants = settings.tenants(problems);
      if (problems.isEmpty()) {
        CredentialCheck.run(tenants, settings, problems);
      }
      problems.forEach(
          (key, problem) ->
              checked.computeIfAbsent(key, ConfigValue::new).addErrorMessage(problem));
    }
    return new Config(new ArrayList<>(checked.values()));
  }

  /**
   * Takes the configuration. Nothing is sent.
   *
   * @param props the configuration
   * @throws ConnectException if it cannot be used
   */
  @Override
  public void start(Map<String, String> props) {
    try {
      new SourceSettings(props).tenants();
    } catch (ConfigException e) {
      throw new ConnectException(e.getMessage(), e);
    }
    configuration = Map.copyOf(props);
  }

  /**
   * Returns the class of the tasks.
   *
   * @return always {@link AllowPolicySourceTask}
   */
  @Override
  public Class<? extends Task> taskClass() {
    return AllowPolicySourceTask.class;
  }

  /**
   * Cuts the tasks by credential: as many as there are credentials, or {@code maxTasks} if that is
   * less.
   *
   * @param maxTasks how many tasks there may be
   * @return the configuration of each task
   */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    List<String> names = SourceSettings.names(configuration);
    int count = Math.min(maxTasks, names.size());
    if (maxTasks > names.size()) {
      LOG.warn(
          "tasks.max={} is more than there are credentials: {} tasks are made, since no two may"
              + " share a credential",
          maxTasks,
          count);
    }
    List<Map<String, String>> tasks = new ArrayList<>();
    for (int task = 0; task < count; task++) {
      List<String> own = new ArrayList<>();
      for (int i = task; i < names.size(); i += count) {
        own.add(names.get(i));
      }
      tasks.add(TaskSettings.of(configuration, own));
    }
    return tasks;
  }

  /**
   * Tells that exactly-once is supported: records, positions and state are one transaction.
   *
   * @param props the configuration
   * @return always that it is supported
   */
  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> props) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  /**
   * Tells that the connector can define transactions: each is a page.
   *
   * @param props the configuration
   * @return always that it is supported
   */
  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> props) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  /** Does nothing: a connector holds nothing open. */
  @Override
  public void stop() {}
}

package dev.allowflux.kafka.connect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;

/**
 * What a task counts. Connect publishes it by JMX, and by whatever else reports a worker's metrics,
 * in the group {@code plugins} with the tags of connector and task.
 */
final class TaskMetrics {

  private final LongAdder pages = new LongAdder();
  private final LongAdder policies = new LongAdder();
  private final LongAdder records = new LongAdder();
  private final LongAdder tombstones = new LongAdder();
  private final LongAdder rounds = new LongAdder();
  private final LongAdder failures = new LongAdder();

  void register(SourceTaskContext context, List<TenantReader> tenants, LongSupplier known) {
    PluginMetrics metrics = context.pluginMetrics();
    if (metrics == null) {
      return;
    }
    gauge(metrics, "pages-total", "pages that were read", pages::sum);
    gauge(metrics, "policies-total", "policies on these pages", policies::sum);
    gauge(metrics, "records-total", "records that were given to Connect", records::sum);
    gauge(metrics, "tombstones-total", "records of deletions among them", tombstones::sum);
    gauge(metrics, "rounds-total", "rounds of an account that ended", rounds::sum);
    gauge(metrics, "failures-total", "readings that failed or were refused", failures::sum);
    gauge(metrics, "policies-known", "policies whose state is kept, for changes", known);
    gauge(
        metrics,
        "accounts-refused",
        "accounts that the API refuses",
        () -> tenants.stream().mapToLong(TenantReader::refusedAccounts).sum());
    gauge(
        metrics,
        "calls-waiting",
        "calls that wait for the quota of their credential",
        () -> tenants.stream().mapToLong(tenant -> tenant.quota().waiting()).sum());
    gauge(
        metrics,
        "credentials-waiting",
        "credentials whose quota allows no call now",
        () -> tenants.stream().filter(tenant -> tenant.quota().available() == 0).count());
  }

  private static void gauge(
      PluginMetrics metrics, String name, String description, LongSupplier value) {
    MetricName metric = metrics.metricName(name, description, new LinkedHashMap<>());
    metrics.addMetric(metric, (Gauge<Long>) (config, now) -> value.getAsLong());
  }

  void page(int policiesOfPage) {
    pages.increment();
    policies.add(policiesOfPage);
  }

  void records(int count) {
    records.add(count);
  }

  void tombstones(int count) {
    tombstones.add(count);
  }

  void round() {
    rounds.increment();
  }

  void failure() {
    failures.increment();
  }
}

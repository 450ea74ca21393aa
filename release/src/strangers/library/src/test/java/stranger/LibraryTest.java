package stranger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.allowflux.jackson.AllowfluxModule;
import dev.allowflux.junit.AllowfluxSimulator;
import dev.allowflux.kafka.connect.AllowPolicySourceConnector;
import dev.allowflux.micrometer.CallMeters;
import dev.allowflux.micrometer.CallObservations;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.query.PolicyDatabase;
import dev.allowflux.query.PolicyQuery;
import dev.allowflux.query.QueryRows;
import dev.allowflux.redis.RedisQuota;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.sync.AllowPolicySync;
import dev.allowflux.sync.ApplySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import redis.embedded.RedisServer;
import tools.jackson.databind.json.JsonMapper;

/** What each library is for, in ten lines. */
@AllowfluxSimulator(policies = 250)
class LibraryTest {

  @Test
  void theClientListsAnAccount() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).start()) {
      Credential credential = Credential.apiToken(api.token());
      ClientSettings settings = ClientSettings.builder(credential).baseUrl(api.baseUrl()).build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        assertEquals(2500, client.list(new AccountId(api.accountId())).count().block());
      }
    }
  }

  @Test
  void theTestKitGivesAClientAndAnAccount(AllowPolicyClient client, AccountId account) {
    assertEquals(250, client.list(account).count().block());
  }

  @Test
  void aSyncAddsAPolicy(AllowPolicyClient client, AccountId account, @TempDir Path folder) {
    Flux<DesiredPolicy> desired =
        Flux.just(
            DesiredPolicy.builder()
                .pattern("supplier.example")
                .patternType(PatternType.DOMAIN)
                .isAcceptableSender(true)
                .build());
    AllowPolicySync sync = AllowPolicySync.of(client);
    ApplySettings once = ApplySettings.builder(folder.resolve("journal")).build();
    sync.plan(account, desired, SyncMode.upsert(), SyncLimits.standard())
        .flatMapMany(plan -> sync.apply(plan.approve(plan.digest()), once))
        .blockLast();
    assertEquals(251, client.list(account).count().block());
  }

  @Test
  void jacksonReadsWhatItWrote(AllowPolicyClient client, AccountId account) {
    JsonMapper mapper = JsonMapper.builder().addModule(new AllowfluxModule()).build();
    AllowPolicy policy = client.list(account).blockFirst();
    assertEquals(policy, mapper.readValue(mapper.writeValueAsString(policy), AllowPolicy.class));
  }

  @Test
  void micrometerCountsWhatWasListed(ClientSettings simulated, AccountId account) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ApiQuota quota = ApiQuota.standard();
    ClientSettings settings =
        simulated.toBuilder()
            .rateLimiter(quota)
            .events(
                CallObservations.of(ObservationRegistry.create())
                    .andThen(CallMeters.of(meters, quota)))
            .build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      client.list(account).blockLast();
    }
    assertEquals(250, meters.get("allowflux.policies").counter().count());
  }

  @Test
  void aQuotaInRedisLetsACallThrough(ClientSettings simulated, AccountId account) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    RedisServer server = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").build();
    server.start();
    try (RedisQuota shared =
        RedisQuota.builder("redis://127.0.0.1:" + port).name("a").startsUnused(true).build()) {
      ApiQuota quota = ApiQuota.builder().store(shared).build();
      ClientSettings settings = simulated.toBuilder().rateLimiter(quota).build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        assertEquals(250, client.list(account).count().block());
      }
    } finally {
      server.stop();
    }
  }

  @Test
  void aQuestionIsAnsweredInSql(AllowPolicyClient client, AccountId account) throws Exception {
    try (PolicyDatabase database = PolicyDatabase.create()) {
      database.add(account, client.list(account).collectList().block());
      PolicyQuery count = PolicyQuery.of("SELECT count(*) FROM allow_policies");
      try (QueryRows rows = database.query(count)) {
        assertEquals(List.of(250L), rows.next());
      }
    }
  }

  @Test
  void theConnectorSaysWhatItNeeds() {
    assertTrue(new AllowPolicySourceConnector().config().names().contains("topic"));
  }

  @Test
  void theCommandLineRunsFromItsLibraries() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.allowflux.cli.Main",
                "list",
                "--simulate",
                "7",
                "--format",
                "ndjson")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(7, process.inputReader().lines().count());
    assertEquals(0, process.waitFor());
  }
}

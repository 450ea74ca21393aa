package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.spring.boot.ClientProperties.CredentialProperties;
import dev.allowflux.sync.AllowPolicySync;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Timeout(240)
class AllowfluxAutoConfigurationTest {
  private static final String TOKEN = "allowflux.credential.token=simulator-token";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SslAutoConfiguration.class,
                  AllowfluxAutoConfiguration.class,
                  AllowfluxSyncAutoConfiguration.class));

  private static String url(ApiSimulator api) {
    return "allowflux.base-url=" + api.baseUrl();
  }

  private static FailureAnalysis analysis(Throwable failure) {
    return new AllowfluxFailureAnalyzer().analyze(failure);
  }

  @Test
  void oneClientIsMadeFromTheProperties() {
    try (ApiSimulator api = ApiSimulator.builder().policies(12).start()) {
      runner
          .withPropertyValues(TOKEN, url(api), "allowflux.page-size=5")
          .withPropertyValues("allowflux.user-agent=tenant-service/1.0")
          .run(
              context -> {
                AllowPolicyClient client = context.getBean(AllowPolicyClient.class);
                assertThat(client.list(new AccountId(api.accountId())).collectList().block())
                    .hasSize(12);
                assertThat(context).hasSingleBean(AllowPolicySync.class);
                assertThat(context.getBean(AllowPolicyClients.class).client("default"))
                    .isSameAs(client);
              });
      assertThat(api.requests())
          .hasSize(3)
          .allSatisfy(
              request ->
                  assertThat(request.headers().get("user-agent").get(0))
                      .startsWith("tenant-service/1.0 "));
    }
  }

  private static @Nullable List<AllowPolicy> listed(ApplicationContext context, ApiSimulator api) {
    return context
        .getBean(AllowPolicyClient.class)
        .list(new AccountId(api.accountId()))
        .collectList()
        .block();
  }

  @Test
  void theClientIsClosedWithTheContext() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      List<AllowPolicyClient> clients = new ArrayList<>();
      runner
          .withPropertyValues(TOKEN, url(api))
          .run(context -> clients.add(context.getBean(AllowPolicyClient.class)));

      assertThatIllegalStateException()
          .isThrownBy(() -> clients.get(0).list(new AccountId("any")).blockLast());
    }
  }

  @Test
  void withoutACredentialTheStartFailsAndSaysWhatToSet() {
    runner.run(
        context -> {
          FailureAnalysis analysis = analysis(context.getStartupFailure());
          assertThat(analysis.getDescription()).startsWith("allowflux.credential: no credential");
          assertThat(analysis.getAction()).contains("allowflux.credential.token");
        });
  }

  @Test
  void theVariablesOfTheCommandLineAreTakenAsTheCredential() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      runner
          .withPropertyValues("CLOUDFLARE_API_TOKEN=simulator-token", url(api))
          .run(context -> assertThat(listed(context, api)).isEmpty());
    }
  }

  @Test
  void aValueThatCannotBeIsNamedWithItsProperty() {
    assertFails("allowflux.page-size", "allowflux.page-size=1001");
    assertFails("allowflux.timeout.attempt", "allowflux.timeout.attempt=-1s");
    assertFails("allowflux.quota.window", "allowflux.quota.window=2d");
    assertFails("allowflux.quota", "allowflux.quota.calls=5", "allowflux.quota.reserve=5");
    assertFails("allowflux.base-url", "allowflux.base-url=http://api.example");
    assertFails("allowflux.ssl.bundle", "allowflux.ssl.bundle=none-such");
    assertFails(
        "allowflux.proxy.password", "allowflux.proxy.host=p.example", "allowflux.proxy.username=u");
    assertFails("allowflux.proxy.host", "allowflux.proxy.port=3128");
    assertFails("allowflux.credential", "allowflux.credential.ref=vault");
    assertFails("allowflux.accounts.acme", "allowflux.accounts.acme=..");
    assertFails("allowflux.credential", "allowflux.credential.email=a@b.example");
    assertFails("allowflux.clients.default", "allowflux.clients.default.page-size=7");
  }

  private void assertFails(String property, String... values) {
    runner
        .withPropertyValues(TOKEN)
        .withPropertyValues(values)
        .run(
            context -> {
              assertThat(context).hasFailed();
              assertThat(analysis(context.getStartupFailure()).getDescription())
                  .startsWith(property + ": ");
            });
  }

  @Test
  void noMessageShowsASecret() {
    runner
        .withPropertyValues("allowflux.credential.token=sec ret")
        .run(
            context -> {
              for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
                assertThat(t).message().doesNotContain("sec ret");
              }
              FailureAnalysis analysis = analysis(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("white space");
            });
    assertThat(new CredentialProperties("secret", null, null, null, null).toString())
        .doesNotContain("secret");
  }

  @Test
  void beansOfTheApplicationReplaceOurs() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      runner
          .withBean("simulator", ApiSimulator.class, () -> api)
          .withUserConfiguration(OwnClient.class)
          .run(
              context -> {
                assertThat(context).hasSingleBean(AllowPolicyClient.class);
                AllowPolicyClient own = context.getBean("ownClient", AllowPolicyClient.class);
                assertThat(context.getBean(AllowPolicyClients.class).client("default"))
                    .isSameAs(own);
              });
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnClient {
    @Bean
    AllowPolicyClient ownClient(ApiSimulator api) {
      return AllowPolicyClient.create(
          ClientSettings.builder(Credential.apiToken(api.token())).baseUrl(api.baseUrl()).build());
    }
  }

  @Test
  void anApplicationWithoutTheSyncHasTheClient() {
    runner
        .withPropertyValues(TOKEN)
        .withClassLoader(new FilteredClassLoader("dev.allowflux.sync"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(AllowPolicyClient.class)
                    .doesNotHaveBean("allowPolicySync"));
  }

  @Test
  void namedClientsAreFoundByTheirNamesAndHaveCredentialsOfTheirOwn() {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .addAccount("a1", "token-a", 3)
            .addAccount("b1", "token-b", 4)
            .addUser("token-msp", "a1", "b1")
            .start()) {
      runner
          .withPropertyValues(
              url(api),
              "allowflux.page-size=2",
              "allowflux.clients.acme.credential.token=token-a",
              "allowflux.clients.acme.page-size=1000",
              "allowflux.clients.acme.accounts.acme=a1",
              "allowflux.clients.brand.credential.ref=msp",
              "allowflux.clients.brand.accounts.brand=b1",
              "allowflux.clients.brand.accounts.other=a1",
              "allowflux.credentials.msp.token=token-msp")
          .withBean(NeedsOne.class)
          .run(
              context -> {
                assertThat(context).doesNotHaveBean("allowPolicyClient");
                assertThat(context).doesNotHaveBean(AllowPolicySync.class);
                AllowPolicyClients clients = context.getBean(AllowPolicyClients.class);
                assertThat(clients.names()).containsExactlyInAnyOrder("acme", "brand");
                assertThat(clients.accountNames()).containsExactly("acme", "brand", "other");
                assertThat(clients.client("acme")).isSameAs(context.getBean(NeedsOne.class).client);
                AllowPolicyClients.NamedAccount acme = clients.account("acme");
                assertThat(acme.client().list(acme.id()).collectList().block()).hasSize(3);
                AllowPolicyClients.NamedAccount brand = clients.account("brand");
                assertThat(brand.client().list(brand.id()).collectList().block()).hasSize(4);
              });
      assertThat(api.user("token-a").requests()).hasSize(1);
      assertThat(api.user("token-msp").requests()).hasSize(3);
    }
  }

  static class NeedsOne {
    @Autowired
    @Qualifier("acme")
    AllowPolicyClient client;
  }

  @Test
  void clientsOfOneCredentialShareItsQuota() {
    assertOneQuota(
        "allowflux.clients.one.credential.ref=msp",
        "allowflux.clients.two.credential.ref=msp",
        "allowflux.credentials.msp.token=token-msp");
  }

  @Test
  void clientsWithTheSameTokenInTwoPropertiesShareOneQuota() {
    assertOneQuota(
        "allowflux.clients.one.credential.token=token-msp",
        "allowflux.clients.two.credential.token=token-msp");
  }

  /** Three calls of clients one and two are all that a quota of three allows. */
  private void assertOneQuota(String... credentials) {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .addUser("token-msp", "5117a10e5117a10e5117a10e5117a10e")
            .rateLimit(RateLimitRule.of(5, Duration.ofMinutes(5)))
            .start()) {
      AccountId account = new AccountId(api.accountId());
      runner
          .withPropertyValues(credentials)
          .withPropertyValues(url(api), "allowflux.quota.calls=3", "allowflux.timeout.operation=5s")
          .run(
              context -> {
                AllowPolicyClients clients = context.getBean(AllowPolicyClients.class);
                clients.client("one").list(account).blockLast();
                clients.client("two").list(account).blockLast();
                clients.client("two").list(account).blockLast();
                assertThat(
                        clients
                            .client("one")
                            .list(account)
                            .then()
                            .materialize()
                            .block()
                            .getThrowable())
                    .isInstanceOf(EmailSecurityException.Throttled.class);
              });
      assertThat(api.requestCount()).isEqualTo(3);
    }
  }

  @Test
  void aPlaceholderWithoutAValueIsNotTakenForACredential() {
    assertFails("allowflux.credential", "allowflux.credential.token=${NOT_SET}");
  }

  @Test
  void clientsOfOneCredentialCannotHaveTwoQuotas() {
    runner
        .withPropertyValues(
            "allowflux.clients.one.credential.ref=msp",
            "allowflux.clients.two.credential.ref=msp",
            "allowflux.clients.two.quota.calls=7",
            "allowflux.credentials.msp.token=token-msp")
        .run(
            context ->
                assertThat(analysis(context.getStartupFailure()).getDescription())
                    .contains("quota: another client has the same credential"));
  }

  @Test
  void aReferenceMayNameACredentialBean() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      runner
          .withBean(
              "vault",
              Credential.class,
              () -> Credential.supplied(() -> Credential.apiToken(api.token())))
          .withPropertyValues(url(api), "allowflux.credential.ref=vault")
          .run(context -> assertThat(listed(context, api)).isEmpty());
    }
  }

  @Test
  void customizersAreAppliedInTheirOrderAfterTheProperties() {
    try (ApiSimulator api = ApiSimulator.builder().policies(8).start()) {
      runner
          .withPropertyValues(TOKEN, url(api), "allowflux.page-size=1")
          .withUserConfiguration(Customizers.class)
          .run(context -> listed(context, api));
      assertThat(api.requests().get(0).query()).contains("per_page=8");
      assertThat(Customizers.SEEN).contains("ended");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    @Bean
    @Order(2)
    ClientSettingsCustomizer later() {
      return (client, settings) -> settings.pageSize(8);
    }

    @Bean
    @Order(1)
    ClientSettingsCustomizer earlier() {
      return (client, settings) -> settings.pageSize(4);
    }

    @Bean
    CallEvents observer() {
      return new CallEvents() {
        @Override
        public void ended(Call call, CallEnd end) {
          SEEN.add("ended");
        }
      };
    }
  }

  @Test
  void anSslBundleIsTrusted(@TempDir Path directory) throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().policies(2).tls().start()) {
      Path pem = Files.writeString(directory.resolve("ca.pem"), api.certificatePem());
      runner
          .withPropertyValues(
              TOKEN,
              url(api),
              "allowflux.ssl.bundle=simulator",
              "spring.ssl.bundle.pem.simulator.truststore.certificate=" + pem)
          .run(context -> assertThat(listed(context, api)).hasSize(2));
    }
  }

  @Test
  void connectionDetailsReplaceAddressAndCredential() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2).start()) {
      runner
          .withPropertyValues("allowflux.credential.token=other", "allowflux.base-url=https://x")
          .withBean(AllowfluxConnectionDetails.class, () -> new Details(api))
          .run(context -> assertThat(listed(context, api)).hasSize(2));
    }
  }

  private record Details(ApiSimulator api) implements AllowfluxConnectionDetails {
    @Override
    public String baseUrl() {
      return api.baseUrl();
    }

    @Override
    public String credentialName(String client) {
      return client;
    }

    @Override
    public Credential credential(String name) {
      return Credential.apiToken(api.token());
    }
  }

  @Test
  void anUnknownAccountIsRefused() {
    runner
        .withPropertyValues(TOKEN)
        .run(
            context ->
                assertThat(
                        catchThrowable(
                            () -> context.getBean(AllowPolicyClients.class).account("a\nb")))
                    .isInstanceOf(UnknownAccountException.class)
                    .hasMessage("no account has the name a?b"));
  }
}

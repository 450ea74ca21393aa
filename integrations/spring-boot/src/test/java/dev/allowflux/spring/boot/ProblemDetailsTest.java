package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RateLimitRule;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@Timeout(240)
class ProblemDetailsTest {
  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,"
          + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
          + "\"is_exempt_recipient\":false,\"verify_sender\":true}";

  private final ApiSimulator api =
      ApiSimulator.builder().rateLimit(RateLimitRule.of(50, Duration.ofMinutes(5))).start();

  private final ReactiveWebApplicationContextRunner runner =
      new ReactiveWebApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  JacksonAutoConfiguration.class,
                  CodecsAutoConfiguration.class,
                  WebFluxAutoConfiguration.class,
                  HttpHandlerAutoConfiguration.class,
                  AllowfluxAutoConfiguration.class,
                  AllowfluxProblemDetailsAutoConfiguration.class))
          .withBean(Controller.class)
          .withPropertyValues(
              "allowflux.credential.token=simulator-token",
              "allowflux.base-url=" + api.baseUrl(),
              "allowflux.accounts.acme=" + api.accountId(),
              "allowflux.max-attempts=1",
              "allowflux.timeout.operation=2s");

  @AfterEach
  void close() {
    api.close();
  }

  @RestController
  static class Controller {
    private final AllowPolicyClients clients;

    Controller(AllowPolicyClients clients) {
      this.clients = clients;
    }

    @GetMapping("/{account}/{id}")
    Mono<AllowPolicy> get(@PathVariable String account, @PathVariable String id) {
      AllowPolicyClients.NamedAccount named = clients.account(account);
      return named.client().get(named.id(), new PolicyId(id));
    }

    @PostMapping("/{account}")
    Mono<AllowPolicy> create(@PathVariable String account, @RequestBody NewAllowPolicy policy) {
      AllowPolicyClients.NamedAccount named = clients.account(account);
      return named.client().create(named.id(), policy);
    }
  }

  private interface Check {
    void with(WebTestClient web);
  }

  private void check(Check check) {
    runner
        .withPropertyValues("allowflux.problem-details.enabled=true")
        .withPropertyValues("spring.webflux.problemdetails.enabled=true")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              check.with(WebTestClient.bindToApplicationContext(context).build());
            });
  }

  private static WebTestClient.BodyContentSpec problem(
      WebTestClient.RequestHeadersSpec<?> request, HttpStatus status) {
    return request
        .exchange()
        .expectStatus()
        .isEqualTo(status)
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo(status.value());
  }

  private static WebTestClient.RequestHeadersSpec<?> post(WebTestClient web, String body) {
    return web.post().uri("/acme").contentType(MediaType.APPLICATION_JSON).bodyValue(body);
  }

  @Test
  void whatIsNotThereIs404() {
    check(
        web -> {
          problem(web.get().uri("/acme/9c5e0a1e-0000-4000-8000-000000000000"), HttpStatus.NOT_FOUND)
              .jsonPath("$.kind")
              .isEqualTo("rejected")
              .jsonPath("$.cf_ray")
              .isNotEmpty()
              .jsonPath("$.errors[0].code")
              .isEqualTo(10_404);
          problem(web.get().uri("/nobody/x"), HttpStatus.NOT_FOUND)
              .jsonPath("$.detail")
              .isEqualTo("no account has the name nobody");
        });
  }

  @Test
  void aBodyThatCannotBeUsedIs400AndNamesTheField() {
    check(
        web ->
            problem(
                    post(web, POLICY.replace("\"verify_sender\":true", "\"verify_sender\":7")),
                    HttpStatus.BAD_REQUEST)
                .jsonPath("$.errors[0].pointer")
                .isEqualTo("/verify_sender")
                .jsonPath("$.detail")
                .value(detail -> assertThat((String) detail).contains("true or false")));
  }

  @Test
  void aFailingServiceIs503AndAnUnknownOutcomeIs504() {
    check(
        web -> {
          api.faults(FaultScript.inOrder(Fault.status(500, Fault.Content.HTML)));
          problem(
                  web.get().uri("/acme/9c5e0a1e-0000-4000-8000-000000000000"),
                  HttpStatus.SERVICE_UNAVAILABLE)
              .jsonPath("$.kind")
              .isEqualTo("unavailable");
          api.faults(FaultScript.inOrder(Fault.status(500, Fault.Content.HTML)));
          problem(post(web, POLICY), HttpStatus.GATEWAY_TIMEOUT)
              .jsonPath("$.kind")
              .isEqualTo("outcome_unknown")
              .jsonPath("$.hint")
              .isNotEmpty();
        });
  }

  @Test
  void aRefusedCredentialIsNotTheFaultOfTheCaller() {
    runner
        .withPropertyValues(
            "allowflux.problem-details.enabled=true", "allowflux.credential.token=wrong")
        .run(
            context ->
                problem(
                    post(WebTestClient.bindToApplicationContext(context).build(), POLICY),
                    HttpStatus.BAD_GATEWAY));
  }

  @Test
  void aQuotaThatIsUsedUpIs503AndSaysWhenToComeBack() {
    check(
        web -> {
          api.spend(51);
          web.get()
              .uri("/acme/9c5e0a1e-0000-4000-8000-000000000000")
              .exchange()
              .expectStatus()
              .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
              .expectHeader()
              .value(
                  "Retry-After",
                  seconds -> assertThat(Integer.parseInt(seconds)).isBetween(200, 300))
              .expectBody()
              .jsonPath("$.kind")
              .isEqualTo("throttled");
        });
  }

  @Test
  void problemDetailsAreOptIn() {
    runner.run(context -> assertThat(context).doesNotHaveBean(FailureAdvice.class));
  }

  @Test
  void policiesHaveTheNamesOfTheApi() {
    check(
        web ->
            post(web, POLICY)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.pattern")
                .isEqualTo("a@b.example")
                .jsonPath("$.is_trusted_sender")
                .isEqualTo(true)
                .jsonPath("$.id")
                .isEqualTo(api.policyIds().get(0)));
  }
}

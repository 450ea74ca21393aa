package dev.allowflux.reactor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.transport.RawServer;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.testkit.Soak;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * The credential is found nowhere but in requests: a sample of the fault matrix with every logger
 * at TRACE, and all that the client says about itself and its calls is searched.
 */
class CanaryIT {

  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int CALLS = SOAK ? 20_000 : 1_500;
  private static final int WORKERS = 24;
  private static final String CANARY = "c4n4ryKq7Zt0Xw";
  private static final String BEGINNING = CANARY.substring(0, 13);
  private static final String TOKEN = CANARY + "-token";
  private static final String EMAIL = CANARY + "@example.com";
  private static final String KEY = CANARY + "-key";
  private static final String SERVICE_KEY = "v1.0-" + CANARY;

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Search search = new Search();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<Appender<ILoggingEvent>> usual = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<Logger, Level> usualLevels = new HashMap<>();

  /** Takes every log event instead of the usual appenders, and everything else it is given. */
  private static final class Search extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

    private final Map<String, LongAdder> searched = new ConcurrentHashMap<>();
    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      String[] name = event.getLoggerName().split("\\.", 3);
      String where =
          "log of " + String.join(".", List.of(name).subList(0, Math.min(2, name.length)));
      in(where, event.getFormattedMessage());
      in(where, String.valueOf(event.getMDCPropertyMap()));
      if (event.getThrowableProxy() != null) {
        in(where, ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }

    void in(String where, Object what) {
      searched.computeIfAbsent(where, key -> new LongAdder()).increment();
      String text = String.valueOf(what);
      // A text that was cut may end within it, and JSON may spell it otherwise.
      if (text.contains(BEGINNING) || unescaped(text).contains(BEGINNING)) {
        found.add(where + ": " + text);
      }
    }

    private static String unescaped(String text) {
      return ESCAPE
          .matcher(text)
          .replaceAll(
              escape ->
                  Matcher.quoteReplacement(
                      Character.toString(Integer.parseInt(escape.group(1), 16))));
    }

    /** Everything that a failure tells, with its causes and what was suppressed. */
    void inFailure(String where, EmailSecurityException failure) {
      in(where, failure);
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      in(where, trace);
      inAccessors(where, failure);
      inAccessors(where, failure.details());
    }

    private void inAccessors(String where, Object object) {
      for (Method method : object.getClass().getMethods()) {
        boolean accessor =
            method.getParameterCount() == 0
                && method.getReturnType() != void.class
                && !Modifier.isStatic(method.getModifiers())
                && method.getDeclaringClass().getName().startsWith("dev.allowflux");
        if (accessor) {
          try {
            in(where, method.invoke(object));
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
          }
        }
      }
    }

    long searched(String where) {
      LongAdder count = searched.get(where);
      return count == null ? 0 : count.sum();
    }
  }

  private final class SearchedEvents implements CallEvents {

    @Override
    public void waiting(Call call, WaitReason reason, Duration expected) {
      search.in("events", List.of(call, reason, expected));
    }

    @Override
    public void attempted(Call call, AttemptEnd end) {
      search.in("events", List.of(call, end));
      if (end.failure() != null) {
        search.inFailure("events", end.failure());
      }
    }

    @Override
    public void sending(Call call, OutgoingRequest request) {
      search.in("events", List.of(call, request, request.uri(), request.headers()));
    }

    @Override
    public void quota(Call call, QuotaState state) {
      search.in("events", List.of(call, state));
    }

    @Override
    public void ended(Call call, CallEnd end) {
      search.in("events", List.of(call, end));
    }

    @Override
    public void page(PageDelivery page) {
      search.in("events", List.of(page));
    }

    @Override
    public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
      search.in("events", List.of(call, attempt, backoff));
      search.inFailure("events", failure);
    }
  }

  @BeforeEach
  void listen() {
    for (Logger logger : root.getLoggerContext().getLoggerList()) {
      if (logger.getLevel() != null) {
        usualLevels.put(logger, logger.getLevel());
        logger.setLevel(Level.TRACE);
      }
    }
    for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
      usual.add(all.next());
    }
    usual.forEach(root::detachAppender);
    search.setContext(root.getLoggerContext());
    search.start();
    root.addAppender(search);
    Metrics.globalRegistry.add(meters);
  }

  @AfterEach
  void hush() {
    Metrics.globalRegistry.remove(meters);
    usualLevels.forEach(Logger::setLevel);
    root.detachAppender(search);
    usual.forEach(root::addAppender);
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void theCredentialIsFoundInNothingThatTheClientSays() throws InterruptedException {
    theSearchFindsWhatIsThere();
    List<Credential> credentials =
        List.of(
            Credential.apiToken(TOKEN),
            Credential.globalKey(EMAIL, KEY),
            Credential.userServiceKey(SERVICE_KEY),
            Credential.supplied(() -> Credential.apiToken(TOKEN)));
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (ApiSimulator elsewhere = ApiSimulator.builder().start()) {
      List<FaultyCall> calls = FaultMatrixIT.sample(CALLS, seed, elsewhere.baseUrl());
      AtomicInteger next = new AtomicInteger();
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Credential credential = credentials.get(i % credentials.size());
        Thread worker = new Thread(() -> work(credential, calls, next, wrong), "canary-" + i);
        worker.start();
        workers.add(worker);
      }
      for (Thread worker : workers) {
        worker.join();
      }
    }
    for (Meter meter : meters.getMeters()) {
      search.in("metrics", meter.getId());
    }
    System.out.printf(
        "canary: %d calls, searched %s, found %d times; seed %d%n",
        CALLS, search.searched, search.found.size(), seed);
    assertThat(search.found.stream().limit(5)).as("seed %d", seed).isEmpty();
    assertThat(wrong.stream().limit(5)).as("seed %d", seed).isEmpty();
    for (String place :
        Set.of(
            "log of dev.allowflux",
            "log of reactor.netty",
            "log of io.netty",
            "events",
            "failures",
            "texts",
            "metrics")) {
      assertThat(search.searched(place)).as(place).isPositive();
    }
  }

  /** A proxy that shows the request on its error page, or a service that quotes a bad header. */
  @ParameterizedTest
  @ValueSource(ints = {200, 400, 401, 403, 502})
  @Timeout(240)
  void anAnswerThatQuotesTheRequestIsQuotedWithoutItsCredential(int status) throws Exception {
    for (Credential credential :
        List.of(
            Credential.apiToken(TOKEN),
            Credential.globalKey(EMAIL, KEY),
            Credential.userServiceKey(SERVICE_KEY))) {
      for (boolean json : new boolean[] {true, false}) {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
          Thread echo = new Thread(() -> echo(server, status, json), "echo");
          echo.start();
          ClientSettings settings =
              ClientSettings.builder(credential)
                  .baseUrl("http://127.0.0.1:" + server.getLocalPort())
                  .retries(retries -> retries.maxAttempts(1))
                  .events(new SearchedEvents())
                  .build();
          try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
            StepVerifier.create(client.get(new AccountId("a"), new PolicyId("p")))
                .expectErrorSatisfies(
                    failure -> {
                      EmailSecurityException reported = (EmailSecurityException) failure;
                      assertThat(reported.details().status()).isEqualTo(status);
                      assertThat(reported.details().bodyExcerpt()).contains("x-auth", "***");
                      search.inFailure("failures", reported);
                    })
                .verify(Duration.ofSeconds(30));
          }
          echo.join();
        }
      }
    }
    assertThat(search.found).isEmpty();
    assertThat(search.searched("failures")).isPositive();
  }

  /** Answers one request with its own headers. */
  private static void echo(ServerSocket server, int status, boolean json) {
    try (Socket socket = server.accept()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      StringBuilder head = new StringBuilder("x-auth is what this looks for; ");
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        if (line.regionMatches(true, 0, "authorization", 0, 13)
            || line.regionMatches(true, 0, "x-auth", 0, 6)) {
          head.append(line).append(' ');
        }
      }
      String body =
          json
              ? "{\"success\":false,\"errors\":[{\"code\":6003,\"message\":\"bad header "
                  + head
                  + "\"}],\"messages\":[],\"result\":null}"
              : "<html>" + head + "</html>";
      String answer =
          "HTTP/1.1 %d Status\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s"
              .formatted(status, json ? "application/json" : "text/html", body.length(), body);
      socket.getOutputStream().write(answer.getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A service that repeats a credential, wherever it can stand in a response. */
  @Test
  @Timeout(600)
  void anEchoIsMaskedWhereverItStands() throws Exception {
    theSearchFindsWhatIsThere();
    Random random = new Random(seed);
    AtomicReference<String> response = new AtomicReference<>("");
    int failed = 0;
    int echoes = 0;
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              out.write(response.get() + "\r\n\r\n");
              throw new IOException("no response is longer than that");
            })) {
      for (Credential credential :
          List.of(
              Credential.apiToken(TOKEN),
              Credential.globalKey(EMAIL, KEY),
              Credential.userServiceKey(SERVICE_KEY))) {
        ClientSettings settings =
            ClientSettings.builder(credential)
                .baseUrl(server.baseUrl())
                .rateLimiter(ApiQuota.unlimited())
                .retries(retries -> retries.maxAttempts(1))
                .timeouts(limits -> limits.attempt(Duration.ofSeconds(5)))
                .events(new SearchedEvents())
                .build();
        try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
          for (String echo : echoes(credential, random)) {
            response.set(echo);
            echoes++;
            ApiResult<?> result =
                client
                    .getWithResponse(new AccountId("a"), new PolicyId("p"))
                    .doOnError(
                        EmailSecurityException.class,
                        failure -> search.inFailure("failures", failure))
                    .onErrorResume(EmailSecurityException.class, failure -> Mono.empty())
                    .block(Duration.ofSeconds(30));
            failed += result == null ? 1 : 0;
            search.in("results", result);
          }
        }
      }
    }
    System.out.printf(
        "echo: %d responses with a credential, %d failures, searched %s, found %d times; seed %d%n",
        echoes, failed, search.searched, search.found.size(), seed);
    assertThat(search.found.stream().limit(5)).as("seed %d", seed).isEmpty();
    assertThat(failed).as("failures").isBetween(1, echoes - 1);
    assertThat(search.searched("log of dev.allowflux")).isPositive();
    assertThat(search.searched("log of reactor.netty")).isPositive();
  }

  /** Responses with the secrets of a credential in each place, behind some other text. */
  private static List<String> echoes(Credential credential, Random random) {
    List<String> secrets =
        switch (credential.maskedHeaders().size()) {
          case 2 -> List.of(EMAIL, KEY);
          default ->
              List.of(
                  credential.maskedHeaders().containsKey("Authorization") ? TOKEN : SERVICE_KEY);
        };
    List<String> echoes = new ArrayList<>();
    for (String secret : secrets) {
      for (int round = 0; round < Soak.count(1, 3); round++) {
        String junk = "j".repeat(random.nextInt(round < 2 ? 60 : 700));
        for (String spelling : List.of(secret, escaped(secret, random), "Bearer " + secret)) {
          String text = junk + spelling;
          for (int status : new int[] {200, 403}) {
            echoes.addAll(inBody(status, text));
          }
        }
        echoes.addAll(inHead(junk + secret));
      }
    }
    return echoes;
  }

  private static String escaped(String secret, Random random) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < secret.length(); i++) {
      char c = secret.charAt(i);
      escaped.append(random.nextBoolean() ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return escaped.toString();
  }

  private static List<String> inBody(int status, String text) {
    String error =
        "{\"code\":1003,\"message\":\"%s\",\"documentation_url\":\"%s\",\"source\":"
            + "{\"pointer\":\"%s\"},\"error_chain\":[{\"code\":6103,\"message\":\"%s\"}]}";
    String errors = error.replace("%s", text);
    String result =
        "{\"id\":\""
            + (text.length() > 900 ? "q" : text)
            + "\",\"created_at\":\"2026-01-01T00:00:00Z\"}";
    return List.of(
        body(status, "{\"success\":false,\"errors\":[" + errors + "],\"result\":null}"),
        body(
            status,
            "{\"success\":true,\"errors\":[],\"messages\":["
                + errors
                + "],\"result\":{\"id\":\"p\",\"created_at\":\"2026-01-01T00:00:00Z\"}}"),
        body(status, "{\"success\":true,\"errors\":[],\"result\":" + result + "}"),
        body(status, "{\"success\":true,\"errors\":[],\"result\":{\"" + text + "\":1}}"),
        body(status, "{\"success\":true,\"result\":{\"id\":{\"" + text + "\":1}}}"),
        body(status, text),
        body(status, "{\"success\":" + text + "}"),
        body(status, "<html>" + text + "</html>").replace("application/json", "text/html"));
  }

  private static String body(int status, String body) {
    String whole = RawServer.response(status, body);
    return whole.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
  }

  private static List<String> inHead(String text) {
    List<String> heads = new ArrayList<>();
    String good =
        body(
            200,
            "{\"success\":true,\"errors\":[],\"result\":{\"id\":\"p\",\"created_at\":"
                + "\"2026-01-01T00:00:00Z\"}}");
    String bad = body(403, "{\"success\":false,\"errors\":[],\"result\":null}");
    for (String whole : List.of(good, bad, bad.replace("403", "409"), bad.replace("403", "301"))) {
      for (String header :
          List.of(
              "cf-ray: " + text,
              "content-type: " + text,
              "retry-after: " + text,
              "ratelimit: \"" + text + "\";r=5;t=1",
              "ratelimit: " + text + ";r=5;t=1",
              "location: http://127.0.0.1/" + text,
              "set-cookie: t=" + text,
              text + ": x",
              "broken " + text,
              "content-length: " + text,
              "content-encoding: " + text,
              "transfer-encoding: " + text)) {
        heads.add(whole.replaceFirst("\r\n", "\r\n" + Matcher.quoteReplacement(header) + "\r\n"));
      }
      heads.add(whole.replaceFirst(" S\r\n", " " + text + "\r\n"));
      heads.add(whole.replaceFirst("HTTP/1.1", text));
      heads.add(whole.replaceFirst(" (200|403|409|301) ", " " + text + " "));
    }
    return heads;
  }

  private void theSearchFindsWhatIsThere() {
    LoggerFactory.getLogger("some.other.Logger").trace("{}", TOKEN, new Exception(KEY));
    assertThat(search.found).hasSize(2);
    search.found.clear();
  }

  private void work(
      Credential credential, List<FaultyCall> calls, AtomicInteger next, Queue<String> wrong) {
    SearchedEvents events = new SearchedEvents();
    ApiSimulatorBuilder simulator =
        ApiSimulator.builder().token(TOKEN).emailAndKey(EMAIL, KEY).serviceKey(SERVICE_KEY);
    try (FaultyApi api =
        new FaultyApi(
            simulator,
            credential,
            settings ->
                settings
                    .events(events)
                    .connections(
                        connections ->
                            connections.httpClient(
                                http -> http.wiretap(true).metrics(true, uri -> uri))),
            new FaultyApi.Counts())) {
      for (int i = next.getAndIncrement(); i < calls.size(); i = next.getAndIncrement()) {
        String what = api.run(calls.get(i));
        if (what != null) {
          wrong.add("call " + i + " (" + calls.get(i) + "): " + what);
          search.in("failures", what);
        }
        if (api.lastFailure != null) {
          search.inFailure("failures", api.lastFailure);
        }
      }
    } catch (RuntimeException | Error e) {
      wrong.add("a worker failed: " + e);
    }
    ClientSettings settings = ClientSettings.of(credential);
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      search.in("texts", client);
    }
    search.in("texts", settings);
    search.in("texts", settings.toBuilder());
    search.in("texts", settings.rateLimiter());
    search.in("texts", credential);
    search.in("texts", credential.maskedHeaders());
  }
}

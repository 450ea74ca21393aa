package dev.allowflux.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a simulator with the JDK's HTTP client and reads JSON with Jackson. */
final class Caller {
  static final Duration LIMIT = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final ApiSimulator api;
  private final String[] credential;

  Caller(ApiSimulator api) {
    this(api, "authorization", "Bearer " + api.token());
  }

  Caller(ApiSimulator api, String... credential) {
    this.api = api;
    this.credential = credential;
  }

  /** A response with its JSON, decompressed and parsed. */
  record Reply(HttpResponse<byte[]> response, JsonNode json) {
    int status() {
      return response.statusCode();
    }

    JsonNode result() {
      return json.required("result");
    }

    int code() {
      return json.required("errors").required(0).required("code").intValue();
    }

    String pointer() {
      return json.required("errors")
          .required(0)
          .required("source")
          .required("pointer")
          .stringValue();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  String policies() {
    return api.baseUrl()
        + "/accounts/"
        + api.accountId()
        + "/email-security/settings/allow_policies";
  }

  Reply get(String suffix) {
    return send("GET", suffix, null);
  }

  Reply post(String suffix, String body) {
    return send("POST", suffix, body);
  }

  Reply send(String method, String suffix, @Nullable String body, String... headers) {
    return sendTo(method, policies() + suffix, body, headers);
  }

  Reply sendTo(String method, String uri, @Nullable String body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(LIMIT);
    if (credential.length > 0) {
      request.headers(credential);
    }
    if (headers.length > 0) {
      request.headers(headers);
    } else if (body != null) {
      request.header("content-type", "application/json");
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    HttpResponse<byte[]> response;
    try {
      response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return new Reply(response, JSON.readTree(plain(response)));
  }

  private static byte[] plain(HttpResponse<byte[]> response) {
    if (response.headers().firstValue("content-encoding").isEmpty()) {
      return response.body();
    }
    try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      return unzip.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

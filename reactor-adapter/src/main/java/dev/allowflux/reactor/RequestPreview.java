package dev.allowflux.reactor;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.json.Utf8Buffer;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The request that a call would send: for a dry run, a review or a log. Nothing is sent, and no
 * client is needed.
 *
 * @since 0.1
 */
public final class RequestPreview {
  private final ApiRequest request;

  private RequestPreview(ApiRequest request) {
    this.request = request;
  }

  /**
   * Previews one page of {@link AllowPolicyClient#list(AccountId, AllowPolicyFilter)}.
   *
   * @param account the account
   * @param filter which policies, in which order
   * @param page the page, from 1
   * @param perPage how many policies a page has, 1 to 1000
   * @return the request
   * @throws IllegalArgumentException if a number is out of range
   */
  public static RequestPreview list(
      AccountId account, AllowPolicyFilter filter, int page, int perPage) {
    return new RequestPreview(ApiCalls.list(account, filter, page, perPage));
  }

  /**
   * Previews {@link AllowPolicyClient#get(AccountId, PolicyId)}.
   *
   * @param account the account
   * @param id the policy
   * @return the request
   */
  public static RequestPreview get(AccountId account, PolicyId id) {
    return new RequestPreview(ApiCalls.get(account, id));
  }

  /**
   * Previews {@link AllowPolicyClient#create(AccountId, NewAllowPolicy)}.
   *
   * @param account the account
   * @param policy what to create
   * @return the request
   */
  public static RequestPreview create(AccountId account, NewAllowPolicy policy) {
    return new RequestPreview(ApiCalls.create(account, policy));
  }

  /**
   * Previews {@link AllowPolicyClient#edit(AccountId, PolicyId, AllowPolicyEdit)}.
   *
   * @param account the account
   * @param id the policy
   * @param edit the change
   * @return the request
   */
  public static RequestPreview edit(AccountId account, PolicyId id, AllowPolicyEdit edit) {
    return new RequestPreview(ApiCalls.edit(account, id, edit));
  }

  /**
   * Previews {@link AllowPolicyClient#delete(AccountId, PolicyId)}.
   *
   * @param account the account
   * @param id the policy
   * @return the request
   */
  public static RequestPreview delete(AccountId account, PolicyId id) {
    return new RequestPreview(ApiCalls.delete(account, id));
  }

  /**
   * Previews {@link AllowPolicyClient#batch(AccountId, AllowPolicyBatch)}.
   *
   * @param account the account
   * @param batch the changes
   * @return the request
   */
  public static RequestPreview batch(AccountId account, AllowPolicyBatch batch) {
    return new RequestPreview(ApiCalls.batch(account, batch));
  }

  /**
   * Returns the HTTP method.
   *
   * @return in upper case
   */
  public String method() {
    return request.method().name();
  }

  /**
   * Returns the path behind the base URL, percent-encoded.
   *
   * @return begins with a slash
   */
  public String path() {
    return request.pathAndQuery();
  }

  /**
   * Returns the body as it would be sent.
   *
   * @return JSON, or null if the request has no body
   */
  public @Nullable String body() {
    byte[] body = request.body();
    return body == null ? null : new String(body, StandardCharsets.UTF_8);
  }

  /**
   * Returns the request as HTTP writes it, with the whole address in the first line and the
   * credential masked.
   *
   * @param baseUrl the API, with or without a slash at its end
   * @param credential the credential whose headers are shown with masked values, or null for none
   * @return several lines; the body, if there is one, stands behind an empty line
   */
  public String toHttp(String baseUrl, @Nullable Credential credential) {
    Objects.requireNonNull(baseUrl, "baseUrl");
    StringBuilder text = new StringBuilder(method()).append(' ').append(address(baseUrl));
    if (credential != null) {
      credential
          .maskedHeaders()
          .forEach((name, value) -> text.append('\n').append(name).append(": ").append(value));
    }
    text.append("\nAccept: application/json");
    byte[] body = request.body();
    if (body != null) {
      text.append("\nContent-Type: application/json\nContent-Length: ").append(body.length);
      text.append("\n\n").append(new String(body, StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  /**
   * Returns the request as a command for a POSIX shell that sends it with curl. The credential
   * comes from the environment when the command runs, by the variables of {@link
   * Credential#fromEnvironment()}, and reaches curl by its standard input: other users see the
   * arguments of a process.
   *
   * @param baseUrl the API, with or without a slash at its end
   * @param credential says which kind of credential to send; null, or one that is supplied, stands
   *     for an API token
   * @return several lines, each but the last with its end
   */
  public String toCurl(String baseUrl, @Nullable Credential credential) {
    StringBuilder text = new StringBuilder("curl --request ").append(method()).append(' ');
    text.append(quoted(address(baseUrl)));
    text.append(" \\\n  --header @- \\\n  --header 'Accept: application/json'");
    String body = body();
    if (body != null) {
      text.append(" \\\n  --header 'Content-Type: application/json' \\\n  --data-raw ");
      text.append(quoted(body));
    }
    text.append(" <<END");
    variables(credential)
        .forEach(
            (header, variable) -> {
              boolean isToken = header.equalsIgnoreCase("Authorization");
              text.append('\n').append(header).append(isToken ? ": Bearer $" : ": $");
              text.append(variable);
            });
    return text.append("\nEND").toString();
  }

  /**
   * Returns the request as an HTTP task of a workflow definition, in the form of Conductor. The
   * credential is a secret of the workflow engine, named like the variable of {@link
   * Credential#fromEnvironment()}. The body is a text in which the engine finds nothing to replace.
   *
   * @param baseUrl the API, with or without a slash at its end
   * @param credential says which kind of credential to send; null, or one that is supplied, stands
   *     for an API token
   * @return a JSON object on several lines
   */
  public String toHttpTask(String baseUrl, @Nullable Credential credential) {
    String name = "allow_policy_" + request.operation().name().toLowerCase(Locale.ROOT);
    StringBuilder text = new StringBuilder("{\n  \"name\": ").append(json(name));
    text.append(",\n  \"taskReferenceName\": ").append(json(name + "_ref"));
    text.append(",\n  \"type\": \"HTTP\",\n  \"inputParameters\": {\n    \"http_request\": {");
    text.append("\n      \"uri\": ").append(json(address(baseUrl)));
    text.append(",\n      \"method\": ").append(json(method()));
    text.append(",\n      \"accept\": \"application/json\"");
    text.append(",\n      \"contentType\": \"application/json\"");
    StringJoiner headers = new StringJoiner(",\n", ",\n      \"headers\": {\n", "\n      }");
    variables(credential)
        .forEach(
            (header, variable) -> {
              String scheme = header.equalsIgnoreCase("Authorization") ? "Bearer " : "";
              String value = scheme + "${workflow.secrets." + variable + "}";
              headers.add("        " + json(header) + ": " + json(value));
            });
    text.append(headers);
    String body = body();
    if (body != null) {
      text.append(",\n      \"body\": ").append(json(body.replace("${", "\\u0024{")));
    }
    return text.append("\n    }\n  }\n}").toString();
  }

  private String address(String baseUrl) {
    return (baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl) + path();
  }

  /** The environment variable behind each header of a credential. */
  private static Map<String, String> variables(@Nullable Credential credential) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (credential != null) {
      for (String header : credential.maskedHeaders().keySet()) {
        switch (header.toLowerCase(Locale.ROOT)) {
          case "x-auth-email" -> variables.put(header, "CLOUDFLARE_EMAIL");
          case "x-auth-key" -> variables.put(header, "CLOUDFLARE_API_KEY");
          case "x-auth-user-service-key" ->
              variables.put(header, "CLOUDFLARE_API_USER_SERVICE_KEY");
          default -> variables.put(header, "CLOUDFLARE_API_TOKEN");
        }
      }
    }
    if (variables.isEmpty()) {
      variables.put("Authorization", "CLOUDFLARE_API_TOKEN");
    }
    return variables;
  }

  /** A word of a shell in which nothing is expanded. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String json(String text) {
    Utf8Buffer buffer = new Utf8Buffer().json(text);
    return new String(buffer.array(), 0, buffer.length(), StandardCharsets.UTF_8);
  }

  /** Shows method and path, and no body. */
  @Override
  public String toString() {
    return method() + " " + path();
  }
}

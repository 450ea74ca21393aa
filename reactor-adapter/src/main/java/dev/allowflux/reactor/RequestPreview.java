package dev.allowflux.reactor;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request that a write would send: for a dry run, a review or a log. Nothing is sent, and no
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
    StringBuilder text = new StringBuilder(method()).append(' ');
    text.append(baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl);
    text.append(path());
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

  /** Shows method and path, and no body. */
  @Override
  public String toString() {
    return method() + " " + path();
  }
}

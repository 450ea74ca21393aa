package dev.allowflux.internal.http;

import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One method for each operation: what to send (docs/api-facts.md#operations). */
public final class ApiCalls {
  private static final int MAX_PER_PAGE = 1000;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ApiCalls() {}

  /**
   * Lists one page.
   *
   * @param account the account
   * @param filter which policies, in which order
   * @param page the page, from 1
   * @param perPage how many policies a page has, 1 to 1000
   * @return the request
   * @throws IllegalArgumentException if a number is out of range
   */
  public static ApiRequest list(
      AccountId account, AllowPolicyFilter filter, int page, int perPage) {
    if (page < 1) {
      throw new IllegalArgumentException("page must be 1 or more, not " + page);
    }
    if (perPage < 1 || perPage > MAX_PER_PAGE) {
      throw new IllegalArgumentException("per_page must be 1 to 1000, not " + perPage);
    }
    Query query =
        new Query()
            .add("page", page)
            .add("per_page", perPage)
            .add("search", filter.search())
            .add(PolicyField.PATTERN.apiName(), filter.pattern())
            .add(PolicyField.PATTERN_TYPE.apiName(), filter.patternType())
            .add(PolicyField.IS_TRUSTED_SENDER.apiName(), filter.isTrustedSender())
            .add(PolicyField.IS_ACCEPTABLE_SENDER.apiName(), filter.isAcceptableSender())
            .add(PolicyField.IS_EXEMPT_RECIPIENT.apiName(), filter.isExemptRecipient())
            .add(PolicyField.VERIFY_SENDER.apiName(), filter.verifySender())
            .add("order", lowerCase(filter.order()))
            .add("direction", lowerCase(filter.direction()));
    return new ApiRequest(
        Operation.LIST, account, Method.GET, policies(account), query.toString(), null);
  }

  /**
   * Lists one page of the accounts that the credential sees.
   *
   * @param page the page, from 1
   * @param perPage how many accounts a page has, 5 to 50
   * @return the request, which addresses no account
   * @throws IllegalArgumentException if a number is out of range
   */
  public static ApiRequest listAccounts(int page, int perPage) {
    if (page < 1) {
      throw new IllegalArgumentException("page must be 1 or more, not " + page);
    }
    if (perPage < 5 || perPage > 50) {
      throw new IllegalArgumentException("per_page must be 5 to 50, not " + perPage);
    }
    Query query = new Query().add("page", page).add("per_page", perPage);
    return new ApiRequest(
        Operation.LIST_ACCOUNTS, null, Method.GET, "/accounts", query.toString(), null);
  }

  /**
   * Reads one policy.
   *
   * @param account the account
   * @param id the policy
   * @return the request
   */
  public static ApiRequest get(AccountId account, PolicyId id) {
    return new ApiRequest(Operation.GET, account, Method.GET, policy(account, id), "", null);
  }

  /**
   * Creates a policy.
   *
   * @param account the account
   * @param policy the policy
   * @return the request
   */
  public static ApiRequest create(AccountId account, NewAllowPolicy policy) {
    return new ApiRequest(
        Operation.CREATE, account, Method.POST, policies(account), "", BodyJson.write(policy));
  }

  /**
   * Changes a policy.
   *
   * @param account the account
   * @param id the policy
   * @param edit what to change
   * @return the request
   */
  public static ApiRequest edit(AccountId account, PolicyId id, AllowPolicyEdit edit) {
    return new ApiRequest(
        Operation.EDIT, account, Method.PATCH, policy(account, id), "", BodyJson.write(edit));
  }

  /**
   * Deletes a policy.
   *
   * @param account the account
   * @param id the policy
   * @return the request
   */
  public static ApiRequest delete(AccountId account, PolicyId id) {
    return new ApiRequest(Operation.DELETE, account, Method.DELETE, policy(account, id), "", null);
  }

  /**
   * Runs a batch.
   *
   * @param account the account
   * @param batch the changes
   * @return the request
   */
  public static ApiRequest batch(AccountId account, AllowPolicyBatch batch) {
    return new ApiRequest(
        Operation.BATCH,
        account,
        Method.POST,
        policies(account) + "/batch",
        "",
        BodyJson.write(batch));
  }

  private static String policies(AccountId account) {
    return "/accounts/" + encode(account.value()) + "/email-security/settings/allow_policies";
  }

  private static String policy(AccountId account, PolicyId id) {
    return policies(account) + '/' + encode(id.value());
  }

  private static @Nullable String lowerCase(@Nullable Enum<?> word) {
    return word == null ? null : word.name().toLowerCase(Locale.ROOT);
  }

  /** Keeps what RFC 3986 calls unreserved, so that the text stays one segment or one value. */
  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }

  private static final class Query {
    private final StringBuilder text = new StringBuilder();

    Query add(String name, @Nullable Object value) {
      if (value != null) {
        text.append(text.isEmpty() ? "" : "&").append(name).append('=');
        text.append(encode(value.toString()));
      }
      return this;
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}

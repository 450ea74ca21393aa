package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.simulator.internal.api.AllowPolicyApi;
import dev.allowflux.simulator.internal.api.Quota;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import dev.allowflux.simulator.internal.store.PolicyIds;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.PolicyWriter;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One account of an {@link ApiSimulator}: its policies, and the first user who may change them. All
 * methods may be called from any thread; none waits.
 *
 * @since 0.1
 */
public final class SimulatedAccount {
  private final String id;
  private final String token;
  private final PolicyStore store;
  private final AllowPolicyApi api;
  private final PolicyWriter writer;
  private final @Nullable Quota quota;
  private final RequestLog log;

  SimulatedAccount(
      String id,
      String token,
      PolicyStore store,
      AllowPolicyApi api,
      PolicyWriter writer,
      @Nullable Quota quota,
      RequestLog log) {
    this.id = id;
    this.token = token;
    this.store = store;
    this.api = api;
    this.writer = writer;
    this.quota = quota;
    this.log = log;
  }

  /**
   * Returns the id of the account.
   *
   * @return the id
   */
  public String accountId() {
    return id;
  }

  /**
   * Returns the API token of the account's first user, who may read and write it.
   *
   * @return the token
   */
  public String token() {
    return token;
  }

  /**
   * Returns how many policies there are.
   *
   * @return the number of policies
   */
  public int size() {
    return store.size();
  }

  /**
   * Returns the ids of all policies in the order of their addition.
   *
   * @return a copy, as long as {@link #size()}
   */
  public List<String> policyIds() {
    return store.ids();
  }

  /**
   * Returns a policy as the API would.
   *
   * @param policyId the policy's id
   * @return JSON text, or null if there is no such policy
   */
  public @Nullable String policyJson(String policyId) {
    UUID key = PolicyIds.parse(Objects.requireNonNull(policyId, "policyId"));
    StoredPolicy policy = key == null ? null : store.find(key);
    return policy == null ? null : new String(writer.bytes(policy), UTF_8);
  }

  /**
   * Adds generated policies, as if another client had created them in one batch at this time; their
   * patterns are new. No request is recorded or counted.
   *
   * @param count how many, 0 or more
   * @return their ids
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public List<String> addPolicies(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must not be negative, but is " + count);
    }
    return store.change(
        changes -> Stream.generate(changes::add).limit(count).map(StoredPolicy::id).toList());
  }

  /**
   * Adds a policy of your choice, as if another client had created it at this time. No request is
   * recorded or counted.
   *
   * @param json the fields of a create as JSON, such as {@code {"pattern": "a@b.example",
   *     "pattern_type": "EMAIL", "is_regex": false, "is_trusted_sender": true,
   *     "is_acceptable_sender": false, "is_exempt_recipient": false, "verify_sender": true}}
   * @return its id
   * @throws IllegalArgumentException if the service would refuse these fields
   */
  public String addPolicy(String json) {
    try {
      return api.add(Objects.requireNonNull(json, "json"));
    } catch (Refusal refusal) {
      throw new IllegalArgumentException(refusal.message(), refusal);
    }
  }

  /**
   * Deletes policies as if another client had done it in one batch; ids that do not exist are
   * ignored.
   *
   * @param policyIds the ids
   */
  public void deletePolicies(Collection<String> policyIds) {
    store.change(
        changes -> {
          for (String policyId : policyIds) {
            UUID key = PolicyIds.parse(policyId);
            if (key != null && changes.find(key) != null) {
              changes.delete(key);
            }
          }
          return policyIds;
        });
  }

  /**
   * Returns the last requests whose path names this account, in the order of their arrival; of
   * those that {@link ApiSimulator#requests()} returns.
   *
   * @return a copy
   */
  public List<RecordedRequest> requests() {
    return log.exchanges().stream()
        .filter(exchange -> id.equals(exchange.accountId()))
        .map(RecordedRequest::new)
        .toList();
  }

  /**
   * Returns how many calls are left of the quota of this account's first user at this time.
   *
   * @return the number of calls, 0 while the user is blocked, {@link Long#MAX_VALUE} without a rate
   *     limit
   */
  public long quotaLeft() {
    return quota == null ? Long.MAX_VALUE : quota.peek().left();
  }

  /**
   * Takes calls from the quota as if another client of the same user had made them; does nothing
   * without a rate limit.
   *
   * @param calls how many, at least 0; one more than is left blocks the user, as a call would
   * @throws IllegalArgumentException if {@code calls} is negative
   */
  public void spend(int calls) {
    SimulatedUser.spend(quota, calls);
  }
}

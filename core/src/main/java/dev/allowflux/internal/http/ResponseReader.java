package dev.allowflux.internal.http;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.internal.json.AccountPage;
import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;

/**
 * Turns a response into its result, or into the failure that it stands for.
 *
 * @param <T> the type of the value
 */
public interface ResponseReader<T> {
  /** Reads one page: the response to list. */
  ResponseReader<PageBody> PAGE = new ResponseInterpreter<>(BodyJson::readPage, page -> null);

  /** Reads one page of accounts: the response to list accounts. */
  ResponseReader<AccountPage> ACCOUNTS =
      new ResponseInterpreter<>(BodyJson::readAccounts, page -> null);

  /**
   * Reads the response to get.
   *
   * @param id the requested policy
   * @return a reader that accepts this policy alone
   */
  static ResponseReader<AllowPolicy> get(PolicyId id) {
    return ResponseInterpreter.POLICY.comparing(found -> RequestedResult.ofGet(id, found));
  }

  /**
   * Reads the response to create.
   *
   * @param requested the policy to create
   * @return a reader that accepts a policy that does not contradict it
   */
  static ResponseReader<AllowPolicy> create(NewAllowPolicy requested) {
    return ResponseInterpreter.POLICY.comparing(
        found -> RequestedResult.ofCreate(requested, found));
  }

  /**
   * Reads the response to edit.
   *
   * @param id the policy to edit
   * @param requested the edit
   * @return a reader that accepts this policy if it does not contradict the edit
   */
  static ResponseReader<AllowPolicy> edit(PolicyId id, AllowPolicyEdit requested) {
    return ResponseInterpreter.POLICY.comparing(
        found -> RequestedResult.ofEdit(id, requested, found));
  }

  /**
   * Reads the response to delete: the id of the deleted policy.
   *
   * @param id the policy to delete
   * @return a reader that accepts this id alone
   */
  static ResponseReader<PolicyId> delete(PolicyId id) {
    return ResponseInterpreter.DELETED.comparing(found -> RequestedResult.ofDelete(id, found));
  }

  /**
   * Reads the response to batch.
   *
   * @param requested the batch
   * @return a reader that accepts a result for each change and no other
   */
  static ResponseReader<BatchResult> batch(AllowPolicyBatch requested) {
    return ResponseInterpreter.BATCH.comparing(found -> RequestedResult.ofBatch(requested, found));
  }

  /**
   * Reads a response. The body is looked at only while this method runs.
   *
   * @param request the request
   * @param response the response
   * @return the value and what came with it
   * @throws EmailSecurityException for every response that is no success; whether a write that ends
   *     as unavailable or malformed may have happened is left to the caller
   */
  ApiResult<T> read(ApiRequest request, ApiResponse response);
}

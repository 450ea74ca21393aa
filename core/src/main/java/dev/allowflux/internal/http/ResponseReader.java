package dev.allowflux.internal.http;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.PolicyId;

/**
 * Turns an answer into its value, or into the failure it stands for.
 *
 * @param <T> the type of the value
 */
public interface ResponseReader<T> {
  /** Reads one policy: the answer to get, create and edit. */
  ResponseReader<AllowPolicy> POLICY = new ResponseInterpreter<>(BodyJson::readPolicy);

  /** Reads one page: the answer to list. */
  ResponseReader<PageBody> PAGE = new ResponseInterpreter<>(BodyJson::readPage);

  /** Reads the id of the policy that went: the answer to delete. */
  ResponseReader<PolicyId> DELETED = new ResponseInterpreter<>(BodyJson::readDeleted);

  /** Reads what was done: the answer to batch. */
  ResponseReader<BatchResult> BATCH = new ResponseInterpreter<>(BodyJson::readBatch);

  /**
   * Reads an answer. The body is looked at only while this method runs.
   *
   * @param request what was asked
   * @param response the answer
   * @return the value and what came with it
   * @throws EmailSecurityException for every answer that is no success; whether a write that ends
   *     as unavailable or malformed may have happened is left to the caller to say
   */
  ApiResult<T> read(ApiRequest request, ApiResponse response);
}

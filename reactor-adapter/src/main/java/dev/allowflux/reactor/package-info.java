/**
 * The reactive client: {@link dev.allowflux.reactor.AllowPolicyClient} and what it is set up with.
 *
 * <p>A call goes one way: the client describes it as a request, the pipeline gives it a permit of
 * {@link dev.allowflux.reactor.ApiQuota}, a time limit and retries, the transport exchanges it, and
 * core reads the response.
 */
@NullMarked
package dev.allowflux.reactor;

import org.jspecify.annotations.NullMarked;

/**
 * The reactive client: {@link dev.allowflux.reactor.AllowPolicyClient} and what it is set up with.
 *
 * <p>A call goes one way: the client describes it as a request, the pipeline gives it a permit of
 * {@link dev.allowflux.reactor.ApiQuota}, a time limit and repetitions, the transport exchanges it,
 * and the wire package of the core reads the answer.
 */
@NullMarked
package dev.allowflux.reactor;

import org.jspecify.annotations.NullMarked;

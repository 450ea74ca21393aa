/**
 * One quota for the processes that share a credential, kept in Redis. {@link
 * dev.allowflux.redis.RedisQuota} is where to start.
 *
 * @since 0.1
 */
@NullMarked
package dev.allowflux.redis;

import org.jspecify.annotations.NullMarked;

/**
 * A Kafka Connect source of allow policies. {@link
 * dev.allowflux.kafka.connect.AllowPolicySourceConnector} is where to start.
 *
 * @since 0.1
 */
@NullMarked
package dev.allowflux.kafka.connect;

import org.jspecify.annotations.NullMarked;

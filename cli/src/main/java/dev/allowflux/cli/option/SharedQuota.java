package dev.allowflux.cli.option;

import dev.allowflux.reactor.QuotaStore;
import reactor.core.publisher.Mono;

/**
 * A quota that other processes share.
 *
 * @param store where it is kept
 * @param release lets go of it, once what it has to report is written
 */
record SharedQuota(QuotaStore store, Mono<Void> release) {}

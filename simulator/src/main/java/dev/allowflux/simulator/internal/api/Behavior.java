package dev.allowflux.simulator.internal.api;

/**
 * How the service does what the documentation leaves open.
 *
 * @param maxPageSize the largest page
 * @param echoesPageSize whether a listing reports the requested page size rather than the used one
 * @param normalizing whether patterns and comments are stored in another spelling than sent
 * @param atomicBatches whether a refused batch changes nothing
 */
public record Behavior(
    int maxPageSize, boolean echoesPageSize, boolean normalizing, boolean atomicBatches) {}

package dev.allowflux.model;

/**
 * x.
 *
 * @param value y
 */
public record AccountId(String value) {}

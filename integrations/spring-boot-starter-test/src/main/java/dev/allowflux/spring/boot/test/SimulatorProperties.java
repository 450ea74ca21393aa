package dev.allowflux.spring.boot.test;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties under {@code allowflux.simulator}, in tests.
 *
 * @param enabled Whether a simulator takes the place of the service.
 * @param policies Number of policies that each account has at the start.
 * @param seed Seed of the policies.
 * @since 0.1
 */
@ConfigurationProperties("allowflux.simulator")
public record SimulatorProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("0") int policies,
    @DefaultValue("0") long seed) {}

package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

/**
 * An account that a credential sees (docs/api-facts.md#accounts).
 *
 * @param id the id, which every operation takes
 * @param name what people call it, as the service has it: foreign text; empty if it has none
 * @since 0.1
 */
public record Account(AccountId id, String name) {

  /**
   * Takes the values as they are.
   *
   * @param id the id
   * @param name the name
   */
  public Account {
    requireNonNull(id, "id");
    requireNonNull(name, "name");
  }
}

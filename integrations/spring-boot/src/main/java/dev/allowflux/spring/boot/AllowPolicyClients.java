package dev.allowflux.spring.boot;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The clients and accounts of the application by their names. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class AllowPolicyClients {
  /** The name of the client whose properties stand directly under {@code allowflux}. */
  public static final String DEFAULT = "default";

  private final Set<String> names;
  private final Function<String, AllowPolicyClient> clients;
  private final Map<String, AccountOfClient> accounts = new LinkedHashMap<>();

  private record AccountOfClient(AccountId id, String client) {}

  AllowPolicyClients(AllowfluxProperties properties, Function<String, AllowPolicyClient> clients) {
    this.names = properties.clients().keySet();
    this.clients = clients;
    String prefix = AllowfluxProperties.PREFIX;
    properties.accounts().forEach((name, id) -> add(prefix, name, id, DEFAULT));
    properties
        .clients()
        .forEach(
            (client, own) ->
                own.accounts()
                    .forEach((name, id) -> add(prefix + ".clients." + client, name, id, client)));
  }

  private void add(String prefix, String name, String id, String client) {
    String property = prefix + ".accounts." + name;
    try {
      if (accounts.put(name, new AccountOfClient(new AccountId(id), client)) != null) {
        throw new AllowfluxConfigurationException(
            property, "another client has an account of this name", "Give it another name.");
      }
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          property, String.valueOf(e.getMessage()), "Set the id of the account.");
    }
  }

  /**
   * Returns the names of the named clients.
   *
   * @return the names under {@code allowflux.clients}, without {@link #DEFAULT}
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /**
   * Returns a client.
   *
   * @param name the name of a named client, or {@link #DEFAULT}
   * @return the client, which the application context closes
   * @throws IllegalArgumentException if there is no such client
   */
  public AllowPolicyClient client(String name) {
    if (!name.equals(DEFAULT) && !names.contains(name)) {
      throw new IllegalArgumentException("no client has the name " + name);
    }
    return clients.apply(name);
  }

  /**
   * Returns the names of the accounts.
   *
   * @return the names under {@code allowflux.accounts} and {@code allowflux.clients.NAME.accounts}
   */
  public Set<String> accountNames() {
    return Collections.unmodifiableSet(accounts.keySet());
  }

  /**
   * Returns an account with the client that serves it.
   *
   * @param name the name of the account
   * @return the account
   * @throws UnknownAccountException if no account has this name
   */
  public NamedAccount account(String name) {
    AccountOfClient account = accounts.get(name);
    if (account == null) {
      throw new UnknownAccountException(name);
    }
    return new NamedAccount(name, account.id, client(account.client));
  }

  /**
   * An account of the application.
   *
   * @param name the name that the application uses for it
   * @param id the account
   * @param client the client that serves it
   * @since 0.1
   */
  public record NamedAccount(String name, AccountId id, AllowPolicyClient client) {}
}

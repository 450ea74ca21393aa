package dev.allowflux.kafka.connect;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a connector and of each of its tasks, and what each setting means. {@link
 * TaskSettings} says what a task's has besides. Longer than most, since each setting stands here
 * with the text that people read of it.
 */
final class SourceSettings extends AbstractConfig {

  static final String TOPIC = "topic";
  static final String MODE = "mode";
  static final String CREDENTIALS = "credentials";
  static final String POLL_INTERVAL = "poll.interval.ms";
  static final String BASE_URL = "base.url";
  static final String PAGE_SIZE = "page.size";
  static final String READ_AHEAD = "read.ahead";
  static final String PARALLEL = "accounts.in.parallel";
  static final String QUOTA_CALLS = "quota.calls";
  static final String QUOTA_WINDOW = "quota.window.ms";
  static final String QUOTA_STORE = "quota.store";
  static final String QUOTA_LOGIN = "quota.store.password";
  static final String MAX_POLICIES = "changes.max.policies";

  /** In place of the accounts of a credential. */
  static final String ALL = "all";

  /** A year. */
  private static final long MAX_INTERVAL = 31_536_000_000L;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  SourceSettings(Map<String, String> values) {
    super(definition(names(values)), values, false);
  }

  /** What is emitted. */
  enum Mode {
    /** Every policy of every account, in each round. */
    SNAPSHOT,
    /** What was created, changed or deleted since the last round. */
    CHANGES
  }

  /**
   * A credential and its accounts.
   *
   * @param name the name in the configuration
   * @param credential the secret
   * @param accounts which accounts it reads; empty if it reads all that it sees
   * @param others the accounts that other credentials read, which are not among all
   */
  record Tenant(
      String name, Credential credential, List<AccountId> accounts, Set<AccountId> others) {
    Tenant {
      accounts = List.copyOf(accounts);
    }

    /** Whether it reads all accounts that it sees. */
    boolean all() {
      return accounts.isEmpty();
    }
  }

  /** The names of the credentials in a configuration that may be wrong. */
  static List<String> names(Map<String, String> values) {
    String names = values.get(CREDENTIALS);
    return names == null
        ? List.of()
        : Arrays.stream(names.split(","))
            .map(String::strip)
            .filter(name -> NAME.matcher(name).matches())
            .distinct()
            .toList();
  }

  static String key(String name, String setting) {
    return CREDENTIALS + "." + name + "." + setting;
  }

  /** The keys that do not depend on the names of credentials, and those that do. */
  static ConfigDef definition(List<String> names) {
    ConfigDef definition =
        new ConfigDef()
            .define(
                TOPIC,
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "The topic that gets the policies. Compact it: the last record of a key is the"
                    + " policy's state.")
            .define(
                MODE,
                ConfigDef.Type.STRING,
                "snapshot",
                ValidString.in("snapshot", "changes"),
                Importance.HIGH,
                "'snapshot' emits every policy in each round; 'changes' emits what was created,"
                    + " changed or deleted since the last round, a deletion as a tombstone.")
            .define(
                CREDENTIALS,
                ConfigDef.Type.LIST,
                ConfigDef.NO_DEFAULT_VALUE,
                SourceSettings::checkNames,
                Importance.HIGH,
                "Names of credentials, such as 'a,b'. Tasks are cut by credential. Each has"
                    + " 'credentials.NAME.token' (or '.email' and '.key', or '.service.key') and"
                    + " 'credentials.NAME.accounts'.")
            .define(
                POLL_INTERVAL,
                ConfigDef.Type.LONG,
                300_000L,
                Range.between(1, MAX_INTERVAL),
                Importance.MEDIUM,
                "Milliseconds from the beginning of a round of an account to that of the next one;"
                    + " a round that takes longer is followed by the next one at once.");
    defineQuota(definition);
    defineReading(definition);
    names.forEach(name -> defineCredential(definition, name));
    return definition;
  }

  private static void defineQuota(ConfigDef definition) {
    definition
        .define(
            QUOTA_CALLS,
            ConfigDef.Type.INT,
            1200,
            Range.between(1, 1_000_000),
            Importance.MEDIUM,
            "How many calls each credential may send in a window.")
        .define(
            QUOTA_WINDOW,
            ConfigDef.Type.LONG,
            300_000L,
            Range.between(1, 3_600_000),
            Importance.LOW,
            "The length of the quota's window in milliseconds.")
        .define(
            QUOTA_STORE,
            ConfigDef.Type.STRING,
            "memory",
            SourceSettings::checkStore,
            Importance.MEDIUM,
            "Where the quotas are kept: 'memory' (a task that goes on where another one stood waits"
                + " a window first), 'file:FOLDER' for the workers of one machine, or"
                + " 'redis://HOST:PORT' for those of several.")
        .define(
            QUOTA_LOGIN,
            ConfigDef.Type.PASSWORD,
            "",
            Importance.LOW,
            "The password of Redis, if it is not in the address.");
  }

  private static void defineReading(ConfigDef definition) {
    definition
        .define(
            MAX_POLICIES,
            ConfigDef.Type.LONG,
            2_000_000L,
            Range.atLeast(1),
            Importance.LOW,
            "How many policies a task in the mode 'changes' keeps the state of: some 25 bytes each,"
                + " and 300 bytes while their account is read.")
        .define(
            PARALLEL,
            ConfigDef.Type.INT,
            4,
            Range.between(1, 32),
            Importance.LOW,
            "How many accounts of one credential are read at once. Each holds one page.")
        .define(
            PAGE_SIZE,
            ConfigDef.Type.INT,
            1000,
            Range.between(1, 1000),
            Importance.LOW,
            "How many policies are requested at a time.")
        .define(
            READ_AHEAD,
            ConfigDef.Type.INT,
            1,
            Range.between(0, 8),
            Importance.LOW,
            "How many pages of an account are requested beyond the one that is emitted; with 2 or"
                + " more, up to 40 pages are held until it is certain that they miss nothing.")
        .define(
            BASE_URL,
            ConfigDef.Type.STRING,
            ClientSettings.DEFAULT_BASE_URL,
            SourceSettings::checkBaseUrl,
            Importance.LOW,
            "The address of the API.");
  }

  private static void defineCredential(ConfigDef definition, String name) {
    definition
        .define(
            key(name, "token"),
            ConfigDef.Type.PASSWORD,
            null,
            Importance.HIGH,
            "The API token. Refer to a config provider, such as ${file:/secrets/cf:token}.")
        .define(
            key(name, "email"),
            ConfigDef.Type.STRING,
            null,
            Importance.LOW,
            "The e-mail address of the user, with its global API key.")
        .define(
            key(name, "key"), ConfigDef.Type.PASSWORD, null, Importance.LOW, "The global API key.")
        .define(
            key(name, "service.key"),
            ConfigDef.Type.PASSWORD,
            null,
            Importance.LOW,
            "A user service key.")
        .define(
            key(name, "accounts"),
            ConfigDef.Type.LIST,
            ConfigDef.NO_DEFAULT_VALUE,
            SourceSettings::checkAccounts,
            Importance.HIGH,
            "The ids of the accounts that this credential reads, or 'all': those that it sees and"
                + " no other credential names, asked for anew each poll interval.");
  }

  private static void checkNames(String key, @Nullable Object value) {
    List<?> names = list(key, value);
    for (Object name : names) {
      if (!NAME.matcher(name.toString()).matches()) {
        throw new ConfigException(
            key, value, "a name has 1 to 64 letters, digits, underscores and hyphens");
      }
    }
  }

  private static void checkAccounts(String key, @Nullable Object value) {
    List<?> accounts = list(key, value);
    if (accounts.contains(ALL) && accounts.size() > 1) {
      throw new ConfigException(key, value, "'all' stands alone");
    }
    for (Object account : accounts) {
      try {
        new AccountId(account.toString());
      } catch (IllegalArgumentException e) {
        throw new ConfigException(key, account, e.getMessage());
      }
    }
  }

  private static List<?> list(String key, @Nullable Object value) {
    if (!(value instanceof List<?> items)) {
      // Absent, which the definition itself reports.
      return List.of();
    }
    if (items.isEmpty()) {
      throw new ConfigException(key, value, "name at least one");
    }
    if (items.stream().distinct().count() < items.size()) {
      throw new ConfigException(key, value, "each may be named once only");
    }
    return items;
  }

  private static void checkStore(String key, @Nullable Object value) {
    if (value == null
        || !Pattern.matches("memory|file:.+|redis(s|-sentinel)?://.+", value.toString())) {
      // The address may hold a password.
      throw new ConfigException(
          "Invalid value for configuration "
              + key
              + ": it must be memory, file:FOLDER or redis://HOST:PORT");
    }
  }

  private static void checkBaseUrl(String key, @Nullable Object value) {
    try {
      ClientSettings.builder(Credential.apiToken("unused")).baseUrl(String.valueOf(value));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(key, value, e.getMessage());
    }
  }

  String topic() {
    return getString(TOPIC);
  }

  Mode mode() {
    return getString(MODE).equals("changes") ? Mode.CHANGES : Mode.SNAPSHOT;
  }

  Duration pollInterval() {
    return Duration.ofMillis(getLong(POLL_INTERVAL));
  }

  Duration quotaWindow() {
    return Duration.ofMillis(getLong(QUOTA_WINDOW));
  }

  /**
   * The credentials with their accounts.
   *
   * @throws ConfigException if one of them cannot be used, or two share a secret or an account
   */
  List<Tenant> tenants() {
    Map<String, String> problems = new LinkedHashMap<>();
    List<Tenant> tenants = tenants(problems);
    problems.forEach(
        (key, problem) -> {
          throw new ConfigException(key + ": " + problem);
        });
    return tenants;
  }

  /** The credentials that can be used; what is wrong with others is put into {@code problems}. */
  List<Tenant> tenants(Map<String, String> problems) {
    List<Tenant> tenants = new ArrayList<>();
    Map<String, String> nameOfSecret = new LinkedHashMap<>();
    Map<String, String> nameOfAccount = new LinkedHashMap<>();
    Set<AccountId> named = new HashSet<>(TaskSettings.accountsOfOthers(originalsStrings()));
    for (String name : getList(CREDENTIALS)) {
      Credential credential = credential(name, problems);
      String secret = credential == null ? null : credential.quotaKey();
      String other = secret == null ? null : nameOfSecret.putIfAbsent(secret, name);
      if (other != null) {
        problems.put(
            key(name, "token"),
            "it is the same as that of "
                + other
                + ": list all its accounts under one name, so that one task uses it");
      }
      List<AccountId> accounts = new ArrayList<>();
      for (String account : getList(key(name, "accounts"))) {
        if (account.equals(ALL)) {
          continue;
        }
        named.add(new AccountId(account));
        String owner = nameOfAccount.putIfAbsent(account, name);
        if (owner != null) {
          problems.put(
              key(name, "accounts"), "account " + account + " is already read with " + owner);
        }
        accounts.add(new AccountId(account));
      }
      if (credential != null) {
        tenants.add(new Tenant(name, credential, accounts, named));
      }
    }
    return tenants;
  }

  private @Nullable Credential credential(String name, Map<String, String> problems) {
    String token = secret(name, "token");
    String email = getString(key(name, "email"));
    String globalKey = secret(name, "key");
    String serviceKey = secret(name, "service.key");
    int given =
        (token == null ? 0 : 1)
            + (email == null && globalKey == null ? 0 : 1)
            + (serviceKey == null ? 0 : 1);
    if (given != 1) {
      problems.put(
          key(name, "token"),
          "set exactly one of " + key(name, "token") + ", .email with .key, and .service.key");
      return null;
    }
    try {
      if (token != null) {
        return Credential.apiToken(token);
      }
      if (serviceKey != null) {
        return Credential.userServiceKey(serviceKey);
      }
      if (email == null || globalKey == null) {
        problems.put(
            key(name, email == null ? "email" : "key"),
            "an e-mail address and a global API key belong together");
        return null;
      }
      return Credential.globalKey(email, globalKey);
    } catch (IllegalArgumentException e) {
      problems.put(
          key(name, token != null ? "token" : serviceKey != null ? "service.key" : "key"),
          String.valueOf(e.getMessage()));
      return null;
    }
  }

  private @Nullable String secret(String name, String setting) {
    Password password = getPassword(key(name, setting));
    return password == null ? null : password.value();
  }
}

package dev.allowflux.spring.boot;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses properties under {@code allowflux} that nothing reads: a limit whose name is misspelled
 * would be the default in silence. No message shows a value, which may be a credential.
 *
 * <p>Variables of the environment and properties of the JVM may be meant for others, such as the
 * command line. Of them only a value is refused that stands where a group of properties is.
 */
final class PropertyNames {
  private static final ConfigurationPropertyName PREFIX =
      ConfigurationPropertyName.of(AllowfluxProperties.PREFIX);

  /** Read by the starter for tests. */
  private static final ConfigurationPropertyName OF_TESTS = PREFIX.append("simulator");

  private static final ConfigurationPropertyName QUOTA = PREFIX.append("quota");

  private static final Set<String> SHARED_SOURCES =
      Set.of(
          StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
          StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

  private PropertyNames() {}

  /**
   * Looks at all properties of an application.
   *
   * @throws AllowfluxConfigurationException if one has a name that nothing reads
   */
  static void check(Environment environment) {
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource names) {
        names.stream()
            .filter(name -> PREFIX.isAncestorOf(name) && !OF_TESTS.isAncestorOf(name))
            .forEach(name -> check(name, source));
      }
    }
  }

  private static void check(ConfigurationPropertyName name, ConfigurationPropertySource source) {
    Class<?> group = AllowfluxProperties.class;
    int elements = PREFIX.getNumberOfElements();
    while (elements < name.getNumberOfElements()) {
      RecordComponent property = property(group, name.getElement(elements, Form.UNIFORM));
      if (property == null) {
        refuseUnknown(name.chop(elements + 1), group, source);
        return;
      }
      elements++;
      Class<?> type = property.getType();
      if (type == Map.class) {
        type = values(property);
        if (elements < name.getNumberOfElements() && !type.isRecord()) {
          // The rest is a name that the application chooses.
          return;
        }
        elements++;
      } else if (!type.isRecord()) {
        if (elements < name.getNumberOfElements()) {
          refuseUnknown(name, group, source);
        }
        return;
      }
      group = type;
    }
    refuseValue(name, source);
  }

  private static @Nullable RecordComponent property(Class<?> group, String uniformName) {
    if (!group.isRecord()) {
      return null;
    }
    return Arrays.stream(group.getRecordComponents())
        .filter(one -> one.getName().toLowerCase(Locale.ROOT).equals(uniformName))
        .findFirst()
        .orElse(null);
  }

  private static Class<?> values(RecordComponent map) {
    return (Class<?>) ((ParameterizedType) map.getGenericType()).getActualTypeArguments()[1];
  }

  private static void refuseUnknown(
      ConfigurationPropertyName name, Class<?> group, ConfigurationPropertySource source) {
    if (isShared(source)) {
      return;
    }
    String known =
        Arrays.stream(group.getRecordComponents())
            .map(one -> one.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining(", "));
    throw new AllowfluxConfigurationException(
        name.toString(),
        "there is no such property",
        "Correct its name; known under " + name.getParent() + " are " + known + ".");
  }

  /** Refuses a value for a whole group, unless it is empty, as for a group without entries. */
  private static void refuseValue(
      ConfigurationPropertyName group, ConfigurationPropertySource source) {
    ConfigurationProperty property = source.getConfigurationProperty(group);
    if (property == null || String.valueOf(property.getValue()).isBlank()) {
      return;
    }
    throw new AllowfluxConfigurationException(
        group.toString(),
        "this is a group of properties, and has no value itself",
        group.equals(QUOTA) && isShared(source)
            ? "ALLOWFLUX_QUOTA is for the command line: set allowflux.quota.redis.url here, and"
                + " unset the variable for this process."
            : "Set the properties under it.");
  }

  private static boolean isShared(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> underlying
        && SHARED_SOURCES.contains(underlying.getName());
  }
}

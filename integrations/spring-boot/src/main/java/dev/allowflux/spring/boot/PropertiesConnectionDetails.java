package dev.allowflux.spring.boot;

import dev.allowflux.reactor.Credential;
import dev.allowflux.spring.boot.ClientProperties.CredentialProperties;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/** Credentials from the properties. The name of a credential is the property that holds it. */
final class PropertiesConnectionDetails implements AllowfluxConnectionDetails {
  private static final String CREDENTIAL = AllowfluxProperties.PREFIX + ".credential";
  private static final String CREDENTIALS = AllowfluxProperties.PREFIX + ".credentials.";
  private static final String CLIENTS = AllowfluxProperties.PREFIX + ".clients.";

  private final AllowfluxProperties properties;
  private final Environment environment;
  private final BeanFactory beans;

  PropertiesConnectionDetails(
      AllowfluxProperties properties, Environment environment, BeanFactory beans) {
    this.properties = properties;
    this.environment = environment;
    this.beans = beans;
  }

  @Override
  public String credentialName(String client) {
    ClientProperties named = properties.clients().get(client);
    CredentialProperties own = named == null ? null : named.credential();
    CredentialProperties used = own == null ? properties.credential() : own;
    if (used != null && used.ref() != null) {
      if (!used.equals(CredentialProperties.reference(used.ref()))) {
        String property = own == null ? CREDENTIAL : CLIENTS + client + ".credential";
        throw new AllowfluxConfigurationException(
            property,
            "there is a credential and a reference to another",
            "Set either " + property + ".ref or the rest.");
      }
      return CREDENTIALS + used.ref();
    }
    return own == null ? CREDENTIAL : CLIENTS + client + ".credential";
  }

  @Override
  public Credential credential(String name) {
    if (name.equals(CREDENTIAL)) {
      CredentialProperties credential = properties.credential();
      return credential == null ? ofEnvironment() : read(name, credential);
    }
    if (name.startsWith(CREDENTIALS)) {
      return referred(name, name.substring(CREDENTIALS.length()));
    }
    String client = name.substring(CLIENTS.length(), name.lastIndexOf('.'));
    ClientProperties named = properties.clients().get(client);
    CredentialProperties credential = named == null ? null : named.credential();
    if (credential == null) {
      throw new IllegalArgumentException("no credential has the name " + name);
    }
    return read(name, credential);
  }

  private Credential referred(String name, String ref) {
    CredentialProperties credential = properties.credentials().get(ref);
    if (credential != null) {
      return read(name, credential);
    }
    if (beans.containsBean(ref) && beans.isTypeMatch(ref, Credential.class)) {
      return beans.getBean(ref, Credential.class);
    }
    throw new AllowfluxConfigurationException(
        name,
        "a client refers to a credential that there is not",
        "Set " + name + ".token, or declare a bean " + ref + " of type Credential.");
  }

  private static Credential read(String name, CredentialProperties properties) {
    long schemes =
        Stream.of(
                properties.token(),
                properties.email() == null ? properties.key() : properties.email(),
                properties.userServiceKey())
            .filter(value -> value != null)
            .count();
    if (schemes != 1) {
      throw new AllowfluxConfigurationException(
          name,
          schemes == 0 ? "there is no credential" : "there is more than one credential",
          "Set one of " + name + ".token, .email with .key, and .user-service-key.");
    }
    if (Stream.of(
            properties.token(), properties.email(), properties.key(), properties.userServiceKey())
        .anyMatch(value -> value != null && value.contains("${"))) {
      // Spring leaves a placeholder as it is where nothing has its name.
      throw new AllowfluxConfigurationException(
          name,
          "a placeholder in the credential has no value",
          "Set the property or the variable that it names.");
    }
    String token = properties.token();
    if (token != null) {
      return checked(name + ".token", () -> Credential.apiToken(token));
    }
    String userServiceKey = properties.userServiceKey();
    if (userServiceKey != null) {
      return checked(name + ".user-service-key", () -> Credential.userServiceKey(userServiceKey));
    }
    String email = properties.email();
    String key = properties.key();
    if (email == null || key == null) {
      throw new AllowfluxConfigurationException(
          name,
          email == null ? "key is set without email" : "email is set without key",
          "Set both, or " + name + ".token instead.");
    }
    return checked(name, () -> Credential.globalKey(email, key));
  }

  private static Credential checked(String property, Supplier<Credential> credential) {
    try {
      return credential.get();
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          property, String.valueOf(e.getMessage()), "Correct the value of this property.");
    }
  }

  private Credential ofEnvironment() {
    Map<String, String> variables = new HashMap<>();
    for (String name :
        new String[] {
          "CLOUDFLARE_API_TOKEN",
          "CLOUDFLARE_EMAIL",
          "CLOUDFLARE_API_KEY",
          "CLOUDFLARE_API_USER_SERVICE_KEY"
        }) {
      @Nullable String value = environment.getProperty(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    try {
      return Credential.fromEnvironment(variables);
    } catch (IllegalArgumentException e) {
      throw new AllowfluxConfigurationException(
          CREDENTIAL,
          String.valueOf(e.getMessage()),
          "Set " + CREDENTIAL + ".token or CLOUDFLARE_API_TOKEN.");
    }
  }
}

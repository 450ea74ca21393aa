package dev.allowflux.cli.option;

import dev.allowflux.cli.runtime.FileFailure;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Connections;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The way to the API: an HTTP proxy, and whose certificates are trusted. */
final class NetworkOptions {
  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_CA_FILE = 4 << 20;
  private static final String PASSWORD = "ALLOWFLUX_PROXY_PASSWORD";

  @Option(
      names = "--proxy",
      paramLabel = "HOST:PORT",
      description =
          "The HTTP proxy, or none; default: HTTPS_PROXY, but none for the hosts of NO_PROXY and"
              + " for loopback addresses.")
  private @Nullable String proxy;

  @Option(
      names = "--proxy-user",
      paramLabel = "USER",
      description = "Who asks the proxy; the password is in ALLOWFLUX_PROXY_PASSWORD or a file.")
  private @Nullable String user;

  @Option(
      names = "--proxy-password-file",
      paramLabel = "FILE",
      description = "Read the password for the proxy from a file of one line.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Trust the certificates of this PEM file instead of those that Java trusts, for a private"
              + " certificate authority.")
  private @Nullable Path caFile;

  /** What was chosen. */
  record Network(@Nullable Proxy proxy, @Nullable KeyStore trusted) {
    void applyTo(ClientSettings.Builder settings) {
      settings.connections(
          connections -> {
            if (trusted != null) {
              connections.trustStore(trusted);
            }
            if (proxy != null) {
              proxy.applyTo(connections);
            }
          });
    }
  }

  private record Proxy(
      InetSocketAddress address, @Nullable String user, @Nullable String password) {
    void applyTo(Connections.Builder connections) {
      if (user == null || password == null) {
        connections.proxy(address);
      } else {
        connections.proxy(address, user, password);
      }
    }

    @Override
    public String toString() {
      return "Proxy[" + address + "]";
    }
  }

  boolean given() {
    return proxy != null || user != null || passwordFile != null || caFile != null;
  }

  /** Finds out how the API at an address is reached. Nothing is sent but the look-up of a name. */
  Network read(CommandLine command, Invocation invocation, String baseUrl) throws IOException {
    return new Network(
        proxy(command, invocation, baseUrl), caFile == null ? null : trusted(command, caFile));
  }

  private @Nullable Proxy proxy(CommandLine command, Invocation invocation, String baseUrl)
      throws IOException {
    String host = host(baseUrl);
    if (proxy != null) {
      if (proxy.equals("none")) {
        return null;
      }
      if (proxy.indexOf('@') >= 0) {
        throw new ParameterException(
            command,
            "--proxy takes no user and no password: give --proxy-user and a password file");
      }
      return withCredentials(command, invocation, address(command, "--proxy", uri(proxy)), null);
    }
    ProcessIo io = invocation.io();
    String variable = first(io.variable("HTTPS_PROXY"), io.variable("https_proxy"));
    String excepted = first(io.variable("NO_PROXY"), io.variable("no_proxy"));
    if (variable.isBlank() || isLoopback(host) || isExcepted(host, excepted)) {
      if (user != null || passwordFile != null) {
        throw new ParameterException(
            command, "--proxy-user and --proxy-password-file need a proxy: give --proxy");
      }
      return null;
    }
    URI address = uri(variable.strip());
    return withCredentials(
        command,
        invocation,
        address(command, "HTTPS_PROXY", address),
        address == null ? null : address.getRawUserInfo());
  }

  private Proxy withCredentials(
      CommandLine command,
      Invocation invocation,
      InetSocketAddress address,
      @Nullable String userInfo)
      throws IOException {
    String name = user;
    String password = null;
    if (passwordFile != null) {
      password = ConnectionOptions.secret(invocation, passwordFile, "the password for the proxy");
    } else if (!invocation.io().variable(PASSWORD).isEmpty()) {
      password = invocation.io().variable(PASSWORD);
    }
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      if (name == null) {
        name = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
      }
      if (password == null && colon >= 0) {
        password = decoded(userInfo.substring(colon + 1));
      }
    }
    if (name != null && password == null) {
      throw new ParameterException(
          command, "no password for the proxy: set " + PASSWORD + " or give --proxy-password-file");
    }
    if (name == null && passwordFile != null) {
      throw new ParameterException(command, "--proxy-password-file needs --proxy-user");
    }
    return new Proxy(address, name, name == null ? null : password);
  }

  private static InetSocketAddress address(CommandLine command, String source, @Nullable URI uri) {
    if (uri == null || uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
      throw new ParameterException(
          command, source + " must be HOST:PORT or http://HOST:PORT of an HTTP proxy");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    InetSocketAddress address = new InetSocketAddress(uri.getHost(), port);
    if (address.isUnresolved()) {
      throw new ParameterException(command, source + " names an unknown host: " + uri.getHost());
    }
    return address;
  }

  private static @Nullable URI uri(String text) {
    try {
      return new URI(text.contains("://") ? text : "http://" + text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static String host(String baseUrl) {
    URI uri = uri(baseUrl);
    String host = uri == null ? null : uri.getHost();
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }

  /** Whether a list such as {@code .example.com,api.test} names a host or a domain above it. */
  static boolean isExcepted(String host, String list) {
    for (String entry : list.split(",", -1)) {
      String name = entry.strip().toLowerCase(Locale.ROOT);
      int port = name.lastIndexOf(':');
      if (port > 0 && name.substring(port + 1).chars().allMatch(Character::isDigit)) {
        name = name.substring(0, port);
      }
      if (name.startsWith("*.")) {
        name = name.substring(1);
      }
      String domain = name.startsWith(".") ? name : "." + name;
      if (name.equals("*") || host.equals(name) || (!name.isEmpty() && host.endsWith(domain))) {
        return true;
      }
    }
    return false;
  }

  private static KeyStore trusted(CommandLine command, Path file) throws IOException {
    if (Files.size(file) > MAX_CA_FILE) {
      throw new ParameterException(command, file + ": more than " + MAX_CA_FILE + " bytes");
    }
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(Files.readAllBytes(FileFailure.noFolder(file))));
      if (certificates.isEmpty()) {
        throw new ParameterException(command, file + ": no certificate in PEM form");
      }
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      return trusted;
    } catch (CertificateException e) {
      throw new ParameterException(command, file + ": no certificate in PEM form", e);
    } catch (GeneralSecurityException e) {
      throw new ParameterException(command, file + ": cannot be trusted: " + e.getMessage(), e);
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String first(String one, String other) {
    return one.isBlank() ? other : one;
  }
}

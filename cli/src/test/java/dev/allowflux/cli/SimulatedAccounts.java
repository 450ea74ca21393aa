package dev.allowflux.cli;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RecordedRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The accounts of a simulator that several credentials see, each its share: account n belongs to
 * credential n modulo their number, whose token is in the variable {@code TOKEN_n}.
 *
 * @param accounts how many there are
 * @param credentials how many see them
 */
record SimulatedAccounts(int accounts, int credentials) {

  static String account(int number) {
    return "account-" + number;
  }

  static String token(int credential) {
    return "very-secret-" + credential;
  }

  int credential(int account) {
    return account % credentials;
  }

  int credential(RecordedRequest request) {
    return credential(Integer.parseInt(String.valueOf(request.accountId()).substring(8)));
  }

  /** Begins a simulator of them, with so many policies each. */
  ApiSimulatorBuilder simulator(int policies) {
    ApiSimulatorBuilder builder = ApiSimulator.builder().accountId(account(0)).policies(policies);
    for (int i = 1; i < accounts; i++) {
      builder.addAccount(account(i), "own-" + i, policies);
    }
    for (int c = 0; c < credentials; c++) {
      int number = c;
      builder.addUser(
          token(c),
          IntStream.range(0, accounts)
              .filter(i -> credential(i) == number)
              .mapToObj(SimulatedAccounts::account)
              .toArray(String[]::new));
    }
    return builder;
  }

  /** The environment of a command for all of them, with its state in a folder. */
  Map<String, String> environment(ApiSimulator api, Path folder) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLOUDFLARE_BASE_URL", api.baseUrl());
    environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
    for (int c = 0; c < credentials; c++) {
      environment.put("TOKEN_" + c, token(c));
    }
    return environment;
  }
}

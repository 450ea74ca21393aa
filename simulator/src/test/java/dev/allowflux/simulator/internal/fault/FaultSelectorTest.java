package dev.allowflux.simulator.internal.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Request;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultSelectorTest {

  private static List<String> draws(long seed, double rate, int count) {
    FaultSelector selector = new FaultSelector(FaultScript.random(seed, rate));
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Request request =
          new Request("GET", "/?page=" + i, EmptyHttpHeaders.INSTANCE, new byte[0], true, null);
      faults.add(selector.next(request, Operation.LIST).toString());
    }
    return faults;
  }

  @Test
  void sameSeedSelectsTheSameFaults() {
    assertThat(draws(7, 0.5, 500)).isEqualTo(draws(7, 0.5, 500)).isNotEqualTo(draws(8, 0.5, 500));
  }

  @Test
  void rateIsTheShareOfRequestsThatGetAFault() {
    long faults = draws(7, 0.2, 10_000).stream().filter(fault -> !fault.startsWith("none")).count();
    assertThat(faults).isBetween(1_800L, 2_200L);
  }
}

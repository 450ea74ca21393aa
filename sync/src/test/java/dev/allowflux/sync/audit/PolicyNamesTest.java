package dev.allowflux.sync.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PolicyNamesTest {
  @Test
  void eachNameIsGivenBackAsItWas() {
    String uuid = "0b54c7f2-6c1e-4c57-9c7e-30c9b1a7d201";
    List<String> names =
        List.of(
            uuid,
            uuid.toUpperCase(Locale.ROOT),
            uuid.replace('2', 'g'),
            "0-0-0-0-00000000000000000000000000001",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "00000000-0000-0000-0000-000000000000",
            "",
            "7",
            "p1",
            "list.csv:1",
            "list.csv:2",
            "other.csv:3",
            "list.csv:4",
            "list.csv:0",
            "list.csv:04",
            "list.csv:",
            "list.csv:-1",
            "list.csv:x",
            "list.csv:999999999",
            "list.csv:1234567890",
            "list.csv:\u0663",
            ":5",
            "::",
            "C:\\lists\\a:b.csv:6",
            "team:a.csv:12",
            UUID.randomUUID().toString());
    PolicyNames all = new PolicyNames();
    names.forEach(all::add);

    for (int number = 0; number < names.size(); number++) {
      assertThat(all.get(number)).isEqualTo(names.get(number));
    }
  }

  @Test
  void manyNamesOfSeveralKindsKeepTheirOrder() {
    PolicyNames all = new PolicyNames();
    for (int i = 0; i < 1000; i++) {
      all.add(i % 3 == 0 ? new UUID(i, -i).toString() : i % 3 == 1 ? "p" + i : "a.csv:" + i);
    }

    assertThat(all.get(0)).isEqualTo(new UUID(0, 0).toString());
    assertThat(all.get(997)).isEqualTo("p997");
    assertThat(all.get(998)).isEqualTo("a.csv:998");
    assertThat(all.get(999)).isEqualTo(new UUID(999, -999).toString());
  }
}

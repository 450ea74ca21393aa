package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.json.TwoReaders.Verdict;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The fast reader against Jackson's, on pages that are whole, changed in form and broken: it reads
 * the same or leaves the page alone.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class FastPageReaderFuzzTest {
  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int SMALL_PAGES = SOAK ? 10_000_000 : 1_000_000;
  private static final int FULL_PAGES = SOAK ? 10_000 : 1000;
  private static final int BATCHES = 50;
  private static final byte[] GOES_ON = "\":0,}]} \"x\":\"y\"}]}".getBytes(UTF_8);

  @Test
  void smallPagesAreReadAsJacksonReadsThem() {
    Map<Verdict, Long> verdicts =
        fuzz("pages of 0 to 5 policies", SMALL_PAGES, 1000, random -> random.nextInt(6));
    // A fuzzer whose pages are all good, or all bad, would prove little.
    assertThat(verdicts)
        .containsOnlyKeys(Verdict.values())
        .allSatisfy((kind, count) -> assertThat(count).isGreaterThan(SMALL_PAGES / 20));
  }

  @Test
  void fullPagesAreReadAsJacksonReadsThem() {
    Map<Verdict, Long> verdicts = fuzz("pages of 1000 policies", FULL_PAGES, 4, random -> 1000);
    assertThat(verdicts)
        .containsOnlyKeys(Verdict.values())
        .allSatisfy((kind, count) -> assertThat(count).isGreaterThan(FULL_PAGES / 100));
  }

  private interface Size {
    int of(Random random);
  }

  private static Map<Verdict, Long> fuzz(String what, int cases, int models, Size size) {
    long seed = Long.getLong("allowflux.seed", 20261121);
    IntFunction<Map<Verdict, Long>> batch =
        number -> {
          Random random = new Random(seed + number);
          List<byte[]> pages =
              Stream.generate(() -> RandomPages.page(random, size.of(random)))
                  .limit(models)
                  .toList();
          Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
          for (int round = 0; round < cases / BATCHES; round++) {
            try {
              Verdict verdict = compare(pages.get(random.nextInt(models)), random);
              verdicts.merge(verdict, 1L, Long::sum);
            } catch (AssertionError e) {
              throw new AssertionError(
                  "seed %d, batch %d, round %d".formatted(seed, number, round), e);
            }
          }
          return verdicts;
        };
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    IntStream.range(0, BATCHES)
        .parallel()
        .mapToObj(batch)
        .forEachOrdered(
            counts -> counts.forEach((kind, count) -> verdicts.merge(kind, count, Long::sum)));
    long tried = verdicts.values().stream().mapToLong(Long::longValue).sum();
    System.out.printf("%s: %,d tried, 0 differences, %s%n", what, tried, verdicts);
    assertThat(tried).isEqualTo(cases);
    return verdicts;
  }

  private static Verdict compare(byte[] page, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> {
        return TwoReaders.compare(page, 0, page.length);
      }
      case 1 -> {
        // Cut off, with the rest still behind it.
        return TwoReaders.compare(page, 0, random.nextInt(page.length + 1));
      }
      case 2, 3, 4 -> {
        // Within a text this makes another text, most of the time.
        byte[] touched = page.clone();
        touched[random.nextInt(page.length)] = page[random.nextInt(page.length)];
        return TwoReaders.compare(touched, GOES_ON);
      }
      default -> {
        byte[] mutated = Mutations.mutate(page, random);
        int goesOnAt = Math.min(mutated.length, page.length);
        byte[] rest = Arrays.copyOfRange(page, goesOnAt, page.length);
        return TwoReaders.compare(mutated, rest.length == 0 ? GOES_ON : rest);
      }
    }
  }
}

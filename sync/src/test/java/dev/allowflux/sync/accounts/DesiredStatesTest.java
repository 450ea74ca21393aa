package dev.allowflux.sync.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.InputException;
import dev.allowflux.model.AccountId;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.sync.file.PolicyFileReader;
import dev.allowflux.sync.file.PolicyFileReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesiredStatesTest {
  private static final PolicyFileReader READER = PolicyFileReader.of(new SyncMode.All());

  @TempDir private Path folder;

  private Path file(String name, String... rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of("pattern,pattern_type,is_acceptable_sender"));
    lines.addAll(List.of(rows));
    return Files.write(folder.resolve(name), lines);
  }

  private DesiredStates base(String... rows) throws IOException {
    List<DesiredPolicy> base = new ArrayList<>();
    READER.read(file("base.csv", rows), base::add);
    return DesiredStates.of(base, READER);
  }

  private static AccountEntry entry(@Nullable Path add, @Nullable Path without) {
    return new AccountEntry(new AccountId("a1"), "", null, add, without);
  }

  private static List<String> shown(List<DesiredPolicy> policies) {
    return policies.stream().map(p -> p.key() + " " + p.isAcceptableSender()).toList();
  }

  @Test
  void anAccountWithoutFilesHasTheBase() throws IOException {
    DesiredStates states = base("one.example,DOMAIN,true", "two.example,DOMAIN,true");

    assertThat(states.policies(entry(null, null))).isEqualTo(states.base()).hasSize(2);
  }

  @Test
  void anAccountHasTheBaseWithoutSomeAndWithSomeOfItsOwn() throws IOException {
    DesiredStates states =
        base("one.example,DOMAIN,true", "two.example,DOMAIN,true", "three.example,DOMAIN,true");
    // However it is spelt, and whatever flags it has.
    Path without = file("less.csv", "TWO.example,DOMAIN,false");
    Path add = file("more.csv", "a@own.example,EMAIL,true");

    assertThat(shown(states.policies(entry(add, without))))
        .containsExactly(
            "DOMAIN one.example true", "DOMAIN three.example true", "EMAIL a@own.example true");
    assertThat(states.base()).hasSize(3);
  }

  @Test
  void anotherFormOfAPolicyOfTheBaseStandsInBothFiles() throws IOException {
    DesiredStates states = base("one.example,DOMAIN,true");
    Path without = file("less.csv", "one.example,DOMAIN,");
    Path add = file("more.csv", "one.example,DOMAIN,false");

    assertThat(shown(states.policies(entry(add, without))))
        .containsExactly("DOMAIN one.example false");
  }

  @Test
  void whatTheBaseDoesNotHaveCannotBeTakenFromIt() throws IOException {
    DesiredStates states = base("one.example,DOMAIN,true");
    Path one = file("one.csv", "one.example,DOMAIN,", "other.example,DOMAIN,");
    Path two = file("two.csv", "other.example,DOMAIN,", "one.example,EMAIL_IS_NONE,");
    Path several =
        file("several.csv", "x.example,DOMAIN,", "one.example,DOMAIN,", "y.example,DOMAIN,");

    assertThatThrownBy(() -> states.policies(entry(null, one)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            one
                + ":3: DOMAIN other.example is not in the base, so account a1 cannot be without"
                + " it");
    assertThatThrownBy(() -> states.policies(entry(null, two))).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> states.policies(entry(null, several)))
        .hasMessage(several + ": 2 policies are not in the base")
        .satisfies(e -> assertThat(((InputException) e).problems()).hasSize(2));
  }

  @Test
  void aFileThatIsMissingOrDamagedIsRefusedByItsName() throws IOException {
    DesiredStates states = base("one.example,DOMAIN,true");
    Path gone = folder.resolve("gone.csv");
    Path torn = Files.writeString(folder.resolve("torn.csv"), "pattern,pattern_type\na.exam");

    assertThatThrownBy(() -> states.policies(entry(gone, null)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("gone.csv");
    assertThatThrownBy(() -> states.policies(entry(torn, null)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("torn.csv");
  }

  @Test
  void theReportOfEachFileIsPassedOn() throws IOException {
    DesiredStates states = base("one.example,DOMAIN,true");
    List<PolicyFileReport> reports = new ArrayList<>();

    states.policies(
        entry(
            file("more.csv", "mailto:a@own.example,EMAIL,true"),
            file("less.csv", "one.example,DOMAIN,")),
        reports::add);

    assertThat(reports).extracting(PolicyFileReport::noteCount).containsExactly(0L, 1L);
  }

  /** The oracle: sets of names, and nothing else. */
  @Test
  void randomFilesGiveWhatSetsOfNamesGive() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      Set<String> base = names(random, 8);
      Set<String> without = names(random, round % 3);
      Set<String> add = names(random, 4);
      DesiredStates states = base(rows(random, base));
      Path addFile = file("add.csv", rows(random, add));
      Path withoutFile = file("without.csv", rows(random, without));

      Set<String> unknown = new TreeSet<>(without);
      unknown.removeAll(base);
      if (unknown.isEmpty()) {
        List<String> expected = new ArrayList<>(base);
        expected.removeAll(without);
        expected.addAll(add);
        assertThat(states.policies(entry(addFile, withoutFile)))
            .as("seed %d, round %d", seed, round)
            .extracting(policy -> policy.key().pattern())
            .containsExactlyInAnyOrderElementsOf(expected);
      } else {
        assertThatThrownBy(() -> states.policies(entry(addFile, withoutFile)))
            .as("seed %d, round %d", seed, round)
            .isInstanceOfSatisfying(
                InputException.class,
                e ->
                    assertThat(e.problems().stream().map(Object::toString).toList())
                        .hasSize(unknown.size())
                        .allMatch(p -> unknown.stream().anyMatch(n -> p.contains(" " + n + " "))));
      }
    }
  }

  private static Set<String> names(Random random, int most) {
    Set<String> names = new TreeSet<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      names.add("d" + random.nextInt(12) + ".example");
    }
    return names;
  }

  /** Each name once, in any order and in any case. */
  private static String[] rows(Random random, Set<String> names) {
    List<String> rows =
        names.stream()
            .map(name -> random.nextBoolean() ? name.toUpperCase(Locale.ROOT) : name)
            .map(name -> name + ",DOMAIN,true")
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(rows, random);
    return rows.toArray(String[]::new);
  }
}

package dev.allowflux.sync.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.PlanNotApprovedException;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanSetTest {
  @TempDir private Path folder;

  private static AccountEntry entry(String account) {
    return new AccountEntry(new AccountId(account), "", "env:TOKEN_" + account.charAt(1));
  }

  /** A plan that creates so many policies. */
  private static SyncPlan plan(String account, int creates, Instant read) {
    return SyncPlan.builder(
            new AccountId(account),
            new SyncMode.Upsert(),
            new AccountRead(read, read, null, "complete", true, 0, 0, 1))
        .changes(
            IntStream.range(0, creates)
                .mapToObj(
                    i ->
                        new PolicyChange.Create(
                            NewAllowPolicy.builder()
                                .pattern("d" + i + ".example")
                                .patternType(PatternType.DOMAIN)
                                .isRegex(false)
                                .isTrustedSender(false)
                                .isAcceptableSender(true)
                                .isExemptRecipient(false)
                                .verifySender(true)
                                .comments("né, \"quoted\" \ud83d\ude00")
                                .build()))
                .toList())
        .build();
  }

  private static SyncPlan plan(String account, int creates) {
    return plan(account, creates, Instant.parse("2026-11-26T00:00:00Z"));
  }

  private static PlanSet set(List<String> accounts, String... failed) throws IOException {
    try (PlanSet.Builder builder = PlanSet.builder()) {
      for (String account : accounts) {
        builder.add(entry(account), plan(account, account.charAt(1) - '0'));
      }
      for (String account : failed) {
        builder.addFailed(entry(account));
      }
      return builder.build();
    }
  }

  private Path written(PlanSet set) throws IOException {
    Path file = folder.resolve("set.json");
    set.write(file);
    return file;
  }

  @Test
  void aSetThatIsWrittenAndReadIsTheSameSet() throws IOException {
    try (PlanSet set = set(List.of("a2", "a0", "a1"), "a4", "a3");
        PlanSet read = PlanSet.read(written(set))) {
      assertThat(read.digest()).isEqualTo(set.digest()).matches("[0-9a-f]{64}");
      assertThat(read.items()).isEqualTo(set.items());
      assertThat(read.items())
          .extracting(i -> i.account().value())
          .containsExactly("a0", "a1", "a2");
      assertThat(read.failed()).extracting(AccountId::value).containsExactly("a3", "a4");
      assertThat(read.counts()).isEqualTo(new SyncPlan.Counts(3, 0, 0, 0));
      for (PlanSet.Item item : set.items()) {
        String account = item.account().value();
        SyncPlan expected = plan(account, account.charAt(1) - '0');
        assertThat(set.plan(item.account())).isEqualTo(expected);
        assertThat(read.plan(item.account()).changes()).isEqualTo(expected.changes());
      }
      assertThat(PlanSet.isSet(folder.resolve("set.json"))).isTrue();
    }
  }

  @Test
  void aSetWithoutPlansCanBeWrittenAndRead() throws IOException {
    try (PlanSet set = set(List.of(), "a1");
        PlanSet read = PlanSet.read(written(set))) {
      assertThat(read.digest()).isEqualTo(set.digest());
      assertThat(read.isEmpty()).isTrue();
      assertThat(read.failed()).hasSize(1);
    }
  }

  @Test
  void theOrderOfTheAccountsDoesNotChangeTheDigestNorTheDocument() throws IOException {
    List<String> accounts = new ArrayList<>(List.of("a0", "a1", "a2", "a3", "a4", "b1"));
    try (PlanSet first = set(accounts, "a8", "a9")) {
      String document = Files.readString(written(first));
      for (long seed = 0; seed < 5; seed++) {
        Collections.shuffle(accounts, new Random(seed));
        try (PlanSet other = set(accounts, "a9", "a8")) {
          assertThat(other.digest()).isEqualTo(first.digest());
          assertThat(Files.readString(written(other))).isEqualTo(document);
        }
      }
    }
  }

  @Test
  void theDigestIsOfPlansCredentialsAndFailedAccountsAndNotOfTheTime() throws IOException {
    List<String> digests = new ArrayList<>();
    for (List<String> accounts : List.of(List.of("a1"), List.of("a1", "a2"), List.of("b1"))) {
      try (PlanSet set = set(accounts);
          PlanSet failed = set(accounts, "a3")) {
        digests.add(set.digest());
        digests.add(failed.digest());
      }
    }
    try (PlanSet.Builder builder = PlanSet.builder()) {
      builder.add(new AccountEntry(new AccountId("a1"), "", null), plan("a1", 1));
      try (PlanSet set = builder.build()) {
        digests.add(set.digest());
      }
    }
    assertThat(digests).doesNotHaveDuplicates();
    try (PlanSet.Builder builder = PlanSet.builder()) {
      Instant later = Instant.parse("2026-11-26T01:00:00Z");
      builder.add(entry("a1"), plan("a1", 1, later));
      try (PlanSet set = builder.build()) {
        assertThat(set.digest()).isEqualTo(digests.get(0));
      }
    }
  }

  @Test
  void aSetIsApprovedByItsDigestAlone() throws IOException {
    try (PlanSet set = set(List.of("a1"))) {
      assertThat(set.approve(set.digest()).set()).isSameAs(set);
      assertThatThrownBy(() -> set.approve("0".repeat(64)))
          .isInstanceOf(PlanNotApprovedException.class)
          .hasMessageContaining("the plans are not those that were reviewed")
          .hasMessageContaining(set.digest());
    }
  }

  @Test
  void aSignatureIsAskedOfEveryPlan() throws IOException, GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    try (PlanSet.Builder builder = PlanSet.builder()) {
      builder.add(entry("a1"), plan("a1", 1).sign(keys.getPrivate()));
      builder.add(entry("a2"), plan("a2", 2).sign(keys.getPrivate()));
      try (PlanSet set = builder.build();
          PlanSet read = PlanSet.read(written(set))) {
        assertThat(read.approve(keys.getPublic()).set()).isSameAs(read);
      }
    }
    try (PlanSet.Builder builder = PlanSet.builder()) {
      builder.add(entry("a1"), plan("a1", 1).sign(keys.getPrivate()));
      builder.add(entry("a2"), plan("a2", 2));
      try (PlanSet set = builder.build()) {
        assertThatThrownBy(() -> set.approve(keys.getPublic()))
            .isInstanceOf(PlanNotApprovedException.class)
            .hasMessageStartingWith("account a2: the plan has no signature");
      }
    }
  }

  @Test
  void everyEditOfTheDocumentIsFound() throws IOException {
    String document;
    try (PlanSet set = set(List.of("a1", "a2"), "a3")) {
      document = Files.readString(written(set));
    }
    for (List<String> edit :
        List.of(
            List.of("d0.example", "d9.example"),
            List.of("env:TOKEN_2", "env:TOKEN_1"),
            List.of("env:TOKEN_1\",", "env:TOKEN_2\","),
            List.of("\"failed\":[\"a3\"]", "\"failed\":[]"),
            List.of("\"failed\":[\"a3\"],\n", ""),
            List.of("\"failed\":[\"a3\"]", "\"failed\":[\"a3\",\"a4\"]"),
            List.of("\"plan_set\":1", "\"plan_set\":2"),
            List.of("\"plan_set\":1,\n", ""),
            List.of("\"plan_set\":1", "\"plan_set\":1,\"plan_set\":1"),
            List.of("]}\n", "]} {}\n"),
            List.of("\"digest\":\"", "\"digest\":\"0"),
            List.of("\"plans\":[", "\"plans\":[{}"),
            List.of("\"credential\"", "\"token\""))) {
      String edited = document.replaceFirst(Pattern.quote(edit.get(0)), edit.get(1));
      Path file = Files.writeString(folder.resolve("edited.json"), edited);

      assertThat(edited).isNotEqualTo(document);
      assertThatThrownBy(() -> PlanSet.read(file).close())
          .as("%s", edit)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no plans of many accounts that can be used: ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void aSetInWhichAPlanIsMissingOrTwiceIsRefused() throws IOException {
    Path file;
    try (PlanSet set = set(List.of("a1", "a2"))) {
      file = written(set);
    }
    String document = Files.readString(file);
    int plans = document.indexOf("[\n{\"credential\"") + 1;
    int second = document.indexOf("{\"credential\"", plans + 3);
    Path without =
        Files.writeString(
            folder.resolve("without.json"),
            document.substring(0, plans) + document.substring(second));
    Path twice =
        Files.writeString(
            folder.resolve("twice.json"),
            document.substring(0, second) + document.substring(plans));

    assertThatThrownBy(() -> PlanSet.read(without).close())
        .hasMessageContaining("edited after it was made");
    assertThatThrownBy(() -> PlanSet.read(twice).close())
        .hasMessageContaining("account a1 has two plans");
  }

  @Test
  void aPlanOfOneAccountIsNoSet() throws IOException {
    Path file = folder.resolve("plan.json");
    PlanFile.write(plan("a1", 1), file);

    assertThat(PlanSet.isSet(file)).isFalse();
    assertThat(PlanSet.isSet(folder.resolve("gone"))).isFalse();
    assertThatThrownBy(() -> PlanSet.read(file).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plan_set");
  }

  @Test
  void aListThatDoesNotFitIsRefused() throws IOException {
    try (PlanSet set = set(List.of("a0", "a1", "a2"))) {
      List<AccountEntry> list = List.of(entry("a2"), entry("b7"), entry("a1"), entry("a0"));
      assertThat(set.entries(list)).containsExactly(entry("a2"), entry("a1"));
      assertThatThrownBy(() -> set.entries(list.subList(0, 3)))
          .isInstanceOf(ApplyRefusedException.class)
          .hasMessageContaining("the list lacks account a0");
      List<AccountEntry> other =
          List.of(entry("a0"), new AccountEntry(new AccountId("a1"), "One", null), entry("a2"));
      assertThatThrownBy(() -> set.entries(other))
          .isInstanceOf(ApplyRefusedException.class)
          .hasMessageContaining(
              "account a1 (One) has the credential of the command in the list and env:TOKEN_1 in"
                  + " the plans");
    }
  }

  @Test
  void oneAccountTwiceOrThePlanOfAnotherIsRefused() throws IOException {
    try (PlanSet.Builder builder = PlanSet.builder()) {
      builder.add(entry("a1"), plan("a1", 1)).addFailed(entry("a2"));
      assertThatThrownBy(() -> builder.add(entry("a1"), plan("a1", 1)))
          .hasMessage("the set has account a1 already");
      assertThatThrownBy(() -> builder.addFailed(entry("a1")))
          .hasMessage("the set has account a1 already");
      assertThatThrownBy(() -> builder.add(entry("a2"), plan("a2", 1)))
          .hasMessage("the set has account a2 already");
      assertThatThrownBy(() -> builder.add(entry("a3"), plan("a4", 1)))
          .hasMessage("the plan is not of account a3");
    }
  }

  /** A cancel interrupts whoever reads; the others still need the file. */
  @Test
  void anInterruptClosesNeitherASetNorABuilder() throws IOException {
    try (PlanSet.Builder builder = PlanSet.builder(folder)) {
      Thread.currentThread().interrupt();
      builder.add(entry("a1"), plan("a1", 1));
      assertThat(Thread.interrupted()).isTrue();
      builder.add(entry("a2"), plan("a2", 2));
      try (PlanSet set = builder.build();
          PlanSet read = PlanSet.read(written(set))) {
        for (PlanSet each : List.of(set, read)) {
          Thread.currentThread().interrupt();
          each.plan(new AccountId("a1"));
          assertThat(Thread.interrupted()).isTrue();
          assertThat(each.plan(new AccountId("a2")).changes()).hasSize(2);
        }
      }
    } finally {
      boolean ignored = Thread.interrupted();
    }
  }

  @Test
  void aBuilderAndASetLeaveNothingInTheFolderForTemporaryFiles() throws IOException {
    try (PlanSet.Builder builder = PlanSet.builder(folder)) {
      builder.add(entry("a1"), plan("a1", 1));
    }
    try (PlanSet.Builder builder = PlanSet.builder(folder);
        PlanSet set = builder.add(entry("a1"), plan("a1", 1)).build()) {
      assertThat(set.items()).hasSize(1);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theDocumentIsForItsOwnerAlone() throws IOException {
    try (PlanSet set = set(List.of("a1"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written(set))))
          .isEqualTo("rw-------");
    }
  }
}

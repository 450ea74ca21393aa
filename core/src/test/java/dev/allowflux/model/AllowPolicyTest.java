package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AllowPolicyTest {
  private static final Instant CREATED = Instant.parse("2026-11-21T08:00:00Z");
  private static final Instant LATER = CREATED.plusSeconds(1);

  @Test
  void onlyIdAndCreationAreCertain() {
    AllowPolicy policy = minimal().build();

    assertThat(policy.id()).isEqualTo(new PolicyId("p"));
    assertThat(policy.createdAt()).isEqualTo(CREATED);
    assertThat(policy.modified()).isNull();
    assertThat(policy.pattern()).isNull();
    assertThat(policy.patternType()).isNull();
    assertThat(policy.patternTypeName()).isNull();
    assertThat(policy.comments()).isNull();
    assertThat(policy.unknownFields()).isEmpty();
    assertThat(flagsOf(policy)).containsOnlyNulls();
  }

  @Test
  void missingCertainFieldsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicy.builder().build())
        .withMessage("policy without id and created_at");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicy.builder().id(new PolicyId("p")).build())
        .withMessage("policy without created_at");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicy.builder().createdAt(CREATED).build())
        .withMessage("policy without id");
  }

  @Test
  @SuppressWarnings("deprecation")
  void modifiedPrefersTheNewFieldToTheOldOne() {
    assertThat(minimal().lastModified(CREATED).build().modified()).isEqualTo(CREATED);
    assertThat(minimal().lastModified(CREATED).modifiedAt(LATER).build().modified())
        .isEqualTo(LATER);
    assertThat(minimal().modifiedAt(LATER).build().modified()).isEqualTo(LATER);
  }

  @Test
  void unknownKindsKeepTheWordOfTheApi() {
    AllowPolicy policy = minimal().patternTypeName("ASN").build();

    assertThat(policy.patternType()).isEqualTo(PatternType.UNRECOGNIZED);
    assertThat(policy.patternTypeName()).isEqualTo("ASN");
    assertThat(minimal().patternTypeName("UNRECOGNIZED").build().patternType())
        .isEqualTo(PatternType.UNRECOGNIZED);
    for (PatternType type :
        List.of(PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP, PatternType.UNKNOWN)) {
      assertThat(minimal().patternTypeName(type.name()).build().patternType()).isEqualTo(type);
    }
  }

  @Test
  void everyFlagKeepsItsThreeStatesWhateverTheOthersAre() {
    long seed = 20261121;
    Random random = new Random(seed);
    List<FlagSetter> setters = setters();
    for (int round = 0; round < 10_000; round++) {
      @Nullable Boolean[] expected = new Boolean[setters.size()];
      AllowPolicy.Builder builder = minimal();
      for (int call = 0; call < 20; call++) {
        int flag = random.nextInt(expected.length);
        Boolean value = random.nextInt(3) == 0 ? null : (Boolean) random.nextBoolean();
        expected[flag] = value;
        setters.get(flag).set(builder, value);
      }
      assertThat(flagsOf(builder.build()))
          .as("seed %d round %d", seed, round)
          .isEqualTo(Arrays.asList(expected));
    }
  }

  @Test
  void policiesAreEqualWhenAllThatWasSaidIsEqual() {
    List<Function<AllowPolicy.Builder, AllowPolicy.Builder>> differences = new ArrayList<>();
    differences.add(builder -> builder.id(new PolicyId("q")));
    differences.add(builder -> builder.createdAt(LATER));
    differences.add(builder -> builder.modifiedAt(LATER));
    differences.add(builder -> builder.pattern("x"));
    differences.add(builder -> builder.patternTypeName("IP"));
    differences.add(builder -> builder.comments(""));
    differences.add(builder -> builder.unknownField("new", "1"));
    setters().forEach(setter -> differences.add(builder -> setter.set(builder, false)));

    assertThat(minimal().build()).isEqualTo(minimal().build()).hasSameHashCodeAs(minimal().build());
    for (Function<AllowPolicy.Builder, AllowPolicy.Builder> difference : differences) {
      AllowPolicy other = difference.apply(minimal()).build();
      assertThat(other).isNotEqualTo(minimal().build());
      assertThat(other).isEqualTo(difference.apply(minimal()).build());
      assertThat(other).hasSameHashCodeAs(difference.apply(minimal()).build());
    }
  }

  @Test
  void aClearedBuilderRemembersNothing() {
    AllowPolicy.Builder builder = minimal().patternTypeName("IP").comments("c");
    setters().forEach(setter -> setter.set(builder, true));
    builder.unknownField("new", "1").pattern("x").modifiedAt(LATER);

    AllowPolicy policy = builder.clear().id(new PolicyId("p")).createdAt(CREATED).build();

    assertThat(policy).isEqualTo(minimal().build());
    assertThat(policy.patternType()).isNull();
  }

  @Test
  void aBuilderCanGoOnWithoutTouchingWhatItBuilt() {
    AllowPolicy.Builder builder = minimal().unknownField("b", "1").unknownField("a", "2");
    AllowPolicy policy = builder.build();
    builder.unknownField("c", "3");

    assertThat(policy.unknownFields()).containsExactly(Map.entry("b", "1"), Map.entry("a", "2"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> policy.unknownFields().put("d", "4"));
  }

  @Test
  void textHasWhatWasSaidByTheNamesOfTheApi() {
    AllowPolicy policy =
        minimal().pattern("a@b.example").isRegex(false).unknownField("new", "[1]").build();

    assertThat(policy)
        .hasToString(
            "AllowPolicy[id=p, created_at=2026-11-21T08:00:00Z, pattern=a@b.example,"
                + " is_regex=false, new=[1]]");
  }

  private interface FlagSetter {
    AllowPolicy.Builder set(AllowPolicy.Builder builder, @Nullable Boolean value);
  }

  private static AllowPolicy.Builder minimal() {
    return AllowPolicy.builder().id(new PolicyId("p")).createdAt(CREATED);
  }

  @SuppressWarnings("deprecation")
  private static List<FlagSetter> setters() {
    return List.of(
        AllowPolicy.Builder::isRegex,
        AllowPolicy.Builder::isTrustedSender,
        AllowPolicy.Builder::isAcceptableSender,
        AllowPolicy.Builder::isExemptRecipient,
        AllowPolicy.Builder::verifySender,
        AllowPolicy.Builder::isRecipient,
        AllowPolicy.Builder::isSender,
        AllowPolicy.Builder::isSpoof);
  }

  @SuppressWarnings("deprecation")
  private static List<@Nullable Boolean> flagsOf(AllowPolicy policy) {
    return Arrays.asList(
        policy.isRegex(),
        policy.isTrustedSender(),
        policy.isAcceptableSender(),
        policy.isExemptRecipient(),
        policy.verifySender(),
        policy.isRecipient(),
        policy.isSender(),
        policy.isSpoof());
  }
}

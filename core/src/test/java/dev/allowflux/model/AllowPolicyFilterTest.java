package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllowPolicyFilterTest {
  @Test
  void orderAndDirectionDoNotNarrow() {
    AllowPolicyFilter ordered =
        AllowPolicyFilter.builder().order(Order.PATTERN).direction(Direction.DESC).build();

    assertThat(AllowPolicyFilter.all().selectsAll()).isTrue();
    assertThat(ordered.selectsAll()).isTrue();
    assertThat(ordered).isNotEqualTo(AllowPolicyFilter.all());
  }

  @Test
  void everythingElseNarrows() {
    List<AllowPolicyFilter.Builder> narrow =
        List.of(
            AllowPolicyFilter.builder().search("x"),
            AllowPolicyFilter.builder().pattern("x"),
            AllowPolicyFilter.builder().patternType(PatternType.UNKNOWN),
            AllowPolicyFilter.builder().isTrustedSender(false),
            AllowPolicyFilter.builder().isAcceptableSender(false),
            AllowPolicyFilter.builder().isExemptRecipient(false),
            AllowPolicyFilter.builder().verifySender(false));

    assertThat(narrow).noneMatch(builder -> builder.build().selectsAll());
    assertThat(narrow.stream().map(AllowPolicyFilter.Builder::build)).doesNotHaveDuplicates();
    assertThat(narrow)
        .allMatch(builder -> builder.build().toBuilder().build().equals(builder.build()));
  }

  @Test
  void nullTakesAValueBack() {
    AllowPolicyFilter filter =
        AllowPolicyFilter.builder()
            .search("x")
            .search(null)
            .verifySender(true)
            .verifySender(null)
            .build();

    assertThat(filter).isEqualTo(AllowPolicyFilter.all());
  }

  @Test
  void whatTheApiHasNoWordForIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicyFilter.builder().patternType(PatternType.UNRECOGNIZED))
        .withMessage(
            "pattern_type of a filter must be EMAIL, DOMAIN, IP or UNKNOWN, not UNRECOGNIZED");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicyFilter.builder().search(""))
        .withMessage("search of a filter must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowPolicyFilter.builder().pattern(""))
        .withMessage("pattern of a filter must not be empty");
  }

  @Test
  void whatIsSetMustFitAndWhatAPolicyDoesNotSayFitsNothing() {
    AllowPolicy policy =
        AllowPolicy.builder()
            .id(new PolicyId("p"))
            .createdAt(Instant.EPOCH)
            .pattern("a.example")
            .patternTypeName("DOMAIN")
            .isTrustedSender(true)
            .build();
    assertThat(AllowPolicyFilter.all().matches(policy)).isTrue();
    assertThat(AllowPolicyFilter.builder().pattern("a.example").build().matches(policy)).isTrue();
    assertThat(AllowPolicyFilter.builder().pattern("A.example").build().matches(policy)).isFalse();
    assertThat(
            AllowPolicyFilter.builder()
                .patternType(PatternType.DOMAIN)
                .isTrustedSender(true)
                .build()
                .matches(policy))
        .isTrue();
    assertThat(AllowPolicyFilter.builder().patternType(PatternType.IP).build().matches(policy))
        .isFalse();
    assertThat(AllowPolicyFilter.builder().isTrustedSender(false).build().matches(policy))
        .isFalse();
    for (boolean flag : new boolean[] {true, false}) {
      assertThat(AllowPolicyFilter.builder().verifySender(flag).build().matches(policy)).isFalse();
      assertThat(AllowPolicyFilter.builder().isAcceptableSender(flag).build().matches(policy))
          .isFalse();
      assertThat(AllowPolicyFilter.builder().isExemptRecipient(flag).build().matches(policy))
          .isFalse();
    }
  }

  @Test
  void onlyTheServiceSearchesAndSorts() {
    AllowPolicyFilter search = AllowPolicyFilter.builder().search("a").build();
    AllowPolicy policy =
        AllowPolicy.builder().id(new PolicyId("p")).createdAt(Instant.EPOCH).build();
    assertThat(search.isLocal()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> search.matches(policy));
    assertThat(AllowPolicyFilter.builder().order(Order.PATTERN).build().isLocal()).isFalse();
    assertThat(AllowPolicyFilter.builder().direction(Direction.ASC).build().isLocal()).isFalse();
    assertThat(AllowPolicyFilter.builder().verifySender(true).build().isLocal()).isTrue();
  }
}

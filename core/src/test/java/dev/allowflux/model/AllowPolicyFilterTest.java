package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
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
}

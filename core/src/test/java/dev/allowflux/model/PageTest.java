package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final TraversalReport REPORT = TraversalReport.builder().seen(1).build();

  @Test
  void aPageKeepsItsPoliciesWhenTheListChanges() {
    List<AllowPolicy> policies = new ArrayList<>(List.of(policy("first")));
    Page page = Page.builder(policies, REPORT).build();
    policies.clear();

    assertThat(page.policies()).containsExactly(policy("first"));
  }

  @Test
  void thePositionTellsWhetherThePageIsTheLast() {
    Page.Builder builder = Page.builder(List.of(), REPORT);

    assertThat(builder.last(true).build().last()).isTrue();
    assertThat(builder.position(position(false)).build().last()).isFalse();
    assertThat(builder.last(false).position(position(true)).build().last()).isTrue();
  }

  @Test
  void equalPagesHaveEqualValues() {
    Page page = full().build();

    assertThat(page).isEqualTo(full().build()).hasSameHashCodeAs(full().build());
    assertThat(page)
        .isNotEqualTo(full().number(8).build())
        .isNotEqualTo(full().perPage(8).build())
        .isNotEqualTo(full().totalCount(8L).build())
        .isNotEqualTo(full().duplicates(8).build())
        .isNotEqualTo(full().last(false).build())
        .isNotEqualTo(full().position(position(true)).build())
        .isNotEqualTo(Page.builder(List.of(policy("other")), REPORT).build());
  }

  @Test
  void theTextOfAPageNamesNoPolicy() {
    assertThat(full().position(position(false)).build().toString())
        .contains("policies=1", "totalCount=4")
        .doesNotContain("the-id");
  }

  @Test
  void numbersThatCannotBeAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> full().number(0).build());
    assertThatIllegalArgumentException().isThrownBy(() -> full().perPage(0).build());
    assertThatIllegalArgumentException().isThrownBy(() -> full().duplicates(-1).build());
  }

  private static Page.Builder full() {
    return Page.builder(List.of(policy("the-id")), REPORT)
        .number(2)
        .perPage(3)
        .totalCount(4L)
        .duplicates(1)
        .last(true);
  }

  private static TraversalPosition position(boolean end) {
    return new TraversalPosition(
        Instant.EPOCH, Set.of(new PolicyId("the-id")), 0, null, end, REPORT);
  }

  private static AllowPolicy policy(String id) {
    return AllowPolicy.builder().id(new PolicyId(id)).createdAt(Instant.EPOCH).build();
  }
}

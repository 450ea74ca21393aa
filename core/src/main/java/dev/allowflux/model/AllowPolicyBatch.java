package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.FieldText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes that the API applies all or none, in the order deletes, edits, replacements, creates
 * (docs/api-facts.md#batch).
 *
 * <p>An empty batch is allowed. What the API makes of one id in several parts is not documented,
 * and nothing is refused here.
 *
 * @since 0.1
 */
public final class AllowPolicyBatch {
  private static final int MAX_ITEMS = 1000;

  private final List<PolicyId> deletes;
  private final List<Edit> edits;
  private final List<Replacement> replacements;
  private final List<NewAllowPolicy> creates;

  private AllowPolicyBatch(Builder builder) {
    deletes = List.copyOf(builder.deletes);
    edits = List.copyOf(builder.edits);
    replacements = List.copyOf(builder.replacements);
    creates = List.copyOf(builder.creates);
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs nothing
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the policies to delete, sent as {@code deletes}.
   *
   * @return up to 1000 ids in the order given
   */
  public List<PolicyId> deletes() {
    return deletes;
  }

  /**
   * Returns the policies to change in part, sent as {@code patches}.
   *
   * @return up to 1000 edits in the order given
   */
  public List<Edit> edits() {
    return edits;
  }

  /**
   * Returns the policies to replace as a whole, sent as {@code puts}.
   *
   * @return up to 1000 replacements in the order given
   */
  public List<Replacement> replacements() {
    return replacements;
  }

  /**
   * Returns the policies to create, sent as {@code posts}.
   *
   * @return up to 1000 policies in the order given
   */
  public List<NewAllowPolicy> creates() {
    return creates;
  }

  /**
   * Returns how many changes there are.
   *
   * @return 0 to 4000
   */
  public int size() {
    return deletes.size() + edits.size() + replacements.size() + creates.size();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AllowPolicyBatch that
        && deletes.equals(that.deletes)
        && edits.equals(that.edits)
        && replacements.equals(that.replacements)
        && creates.equals(that.creates);
  }

  @Override
  public int hashCode() {
    return List.of(deletes, edits, replacements, creates).hashCode();
  }

  /** Returns how many changes of each kind there are. */
  @Override
  public String toString() {
    return new FieldText("AllowPolicyBatch")
        .add("deletes", deletes.size())
        .add("edits", edits.size())
        .add("replacements", replacements.size())
        .add("creates", creates.size())
        .toString();
  }

  /**
   * A policy and what to change in it.
   *
   * @param id the policy
   * @param edit the changes
   * @since 0.1
   */
  public record Edit(PolicyId id, AllowPolicyEdit edit) {
    /**
     * Refuses null.
     *
     * @param id the policy
     * @param edit the changes
     */
    public Edit {
      requireNonNull(id, "id");
      requireNonNull(edit, "edit");
    }
  }

  /**
   * A policy and what to put in its place.
   *
   * @param id the policy, which keeps its id
   * @param policy its new content
   * @since 0.1
   */
  public record Replacement(PolicyId id, NewAllowPolicy policy) {
    /**
     * Refuses null.
     *
     * @param id the policy
     * @param policy its new content
     */
    public Replacement {
      requireNonNull(id, "id");
      requireNonNull(policy, "policy");
    }
  }

  /**
   * Collects changes; each call adds one. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final List<PolicyId> deletes = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();
    private final List<Replacement> replacements = new ArrayList<>();
    private final List<NewAllowPolicy> creates = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a deletion.
     *
     * @param id the policy to delete
     * @return this builder
     * @throws IllegalArgumentException on the 1001st deletion
     */
    public Builder delete(PolicyId id) {
      return add("deletes", deletes, requireNonNull(id, "id"));
    }

    /**
     * Adds an edit.
     *
     * @param id the policy to change
     * @param edit the changes
     * @return this builder
     * @throws IllegalArgumentException on the 1001st edit
     */
    public Builder edit(PolicyId id, AllowPolicyEdit edit) {
      return add("patches", edits, new Edit(id, edit));
    }

    /**
     * Adds a replacement.
     *
     * @param id the policy to replace
     * @param policy its new content
     * @return this builder
     * @throws IllegalArgumentException on the 1001st replacement
     */
    public Builder replace(PolicyId id, NewAllowPolicy policy) {
      return add("puts", replacements, new Replacement(id, policy));
    }

    /**
     * Adds a creation.
     *
     * @param policy the policy to create
     * @return this builder
     * @throws IllegalArgumentException on the 1001st creation
     */
    public Builder create(NewAllowPolicy policy) {
      return add("posts", creates, requireNonNull(policy, "policy"));
    }

    /**
     * Returns the batch; the builder keeps its values.
     *
     * @return a batch of what was added
     */
    public AllowPolicyBatch build() {
      return new AllowPolicyBatch(this);
    }

    private <T> Builder add(String field, List<T> items, T item) {
      if (items.size() == MAX_ITEMS) {
        throw new IllegalArgumentException(
            field + " of a batch must have at most " + MAX_ITEMS + " items");
      }
      items.add(item);
      return this;
    }
  }
}

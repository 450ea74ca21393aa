package dev.allowflux.internal.json;

import dev.allowflux.model.AllowPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of one page as it came. The numbers are what the service says, {@code null} where it
 * says nothing or nonsense.
 *
 * @param policies the policies in order of arrival
 * @param count how many policies the page has
 * @param page which page it is, from 1
 * @param perPage how many policies a full page has
 * @param totalCount how many policies there are, perhaps regardless of the filter
 */
public record PageBody(
    List<AllowPolicy> policies,
    @Nullable Long count,
    @Nullable Long page,
    @Nullable Long perPage,
    @Nullable Long totalCount) {

  /**
   * Copies the list.
   *
   * @param policies the policies
   * @param count how many they are
   * @param page which page it is
   * @param perPage how many a full page has
   * @param totalCount how many there are
   */
  public PageBody {
    policies = List.copyOf(policies);
  }
}

package dev.allowflux.model;

import dev.allowflux.internal.text.FieldText;
import java.util.List;

/**
 * What the API says a batch did. Whether the results come in the order of the request is not
 * documented (docs/api-facts.md#batch); a part that the response leaves out is empty here.
 *
 * @param deletes ids of the deleted policies
 * @param edits the policies as they are after the edits
 * @param replacements the policies as they are after being replaced
 * @param creates the policies that were created, with their ids
 * @since 0.1
 */
public record BatchResult(
    List<PolicyId> deletes,
    List<AllowPolicy> edits,
    List<AllowPolicy> replacements,
    List<AllowPolicy> creates) {

  /**
   * Copies the lists.
   *
   * @param deletes what was deleted
   * @param edits what was edited
   * @param replacements what was replaced
   * @param creates what was created
   */
  public BatchResult {
    deletes = List.copyOf(deletes);
    edits = List.copyOf(edits);
    replacements = List.copyOf(replacements);
    creates = List.copyOf(creates);
  }

  /** Returns how many results there are of each kind. */
  @Override
  public String toString() {
    return new FieldText("BatchResult")
        .add("deletes", deletes.size())
        .add("edits", edits.size())
        .add("replacements", replacements.size())
        .add("creates", creates.size())
        .toString();
  }
}

package dev.allowflux.simulator;

/** The six operations of the API. */
public enum Operation {
  /** {@code GET .../allow_policies}: one page of policies. */
  LIST,
  /** {@code GET .../allow_policies/{id}}: one policy. */
  GET,
  /** {@code POST .../allow_policies}: a new policy. */
  CREATE,
  /** {@code PATCH .../allow_policies/{id}}: some fields of a policy. */
  EDIT,
  /** {@code DELETE .../allow_policies/{id}}: one policy less. */
  DELETE,
  /** {@code POST .../allow_policies/batch}: many changes, all or none. */
  BATCH;

  boolean isWrite() {
    return this != LIST && this != GET;
  }
}

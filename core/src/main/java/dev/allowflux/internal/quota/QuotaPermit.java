package dev.allowflux.internal.quota;

/** Permission to send one request, and how far the request has come. Guarded by its owner. */
public class QuotaPermit {

  final boolean bulk;
  boolean sent;
  boolean written;
  boolean responded;
  boolean closed;
  boolean recalled;
  long sentAt;

  /** How many attempts had ended when the request was sent. */
  long endedBefore;

  /**
   * Makes a permit that is not granted yet.
   *
   * @param bulk whether its call is one of many
   */
  protected QuotaPermit(boolean bulk) {
    this.bulk = bulk;
  }

  /** Tells whether its call is one of many. */
  public boolean isBulk() {
    return bulk;
  }

  /** Tells whether the request was handed to its connection. */
  public boolean isSent() {
    return sent;
  }

  /** Returns when the request was handed to its connection; meaningless before. */
  public long sentAt() {
    return sentAt;
  }

  /** Tells whether the permit was called back before its request was sent. */
  public boolean isRecalled() {
    return recalled;
  }
}

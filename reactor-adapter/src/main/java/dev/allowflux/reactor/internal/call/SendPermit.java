package dev.allowflux.reactor.internal.call;

/**
 * Permission to send the request of one attempt, and the one record of how far the request has
 * come. All times are readings of one clock, which tests can turn.
 */
public interface SendPermit {

  /**
   * The request is about to be handed to its connection: from now on the permit is used up.
   *
   * @return false if it must not be: the permit was called back or closed meanwhile
   */
  boolean send();

  /** The request was written to the network. */
  void written();

  /** The response begins to come. */
  void responded();

  /** Tells whether {@link #send()} has let the request go. */
  boolean isSent();

  /** Returns when {@link #send()} let the request go; meaningless before. */
  long sentAt();

  /** Returns the reading of the clock, in nanoseconds. */
  long now();
}

package dev.allowflux.reactor.internal.call;

/** What the gate needs to know of a call: in which line it waits, and how long it may be lost. */
interface Caller {

  /** Tells whether it is one of many. */
  boolean isBulk();

  /** Returns the account that it is for; accounts are served in turn. */
  Object account();

  /** Returns the job that it is a part of; the jobs of an account are served in turn. */
  Object job();

  /** Returns how long its request may be on its way to the service, in nanoseconds. */
  long hold();
}

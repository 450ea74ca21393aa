/**
 * One run of a plan. {@link dev.allowflux.sync.internal.apply.ApplyRun} is the main loop; {@code
 * ChangeLedger} has the state of every change; {@code AccountLook} reads what the plan touches;
 * {@code BatchForming} and {@code BatchRequest} make batches; {@code BatchSettling} finds out about
 * a lost batch, {@code RefusedBatch} splits a refused one; {@code FinalLook} sees whether
 * everything is there, once. Not API.
 */
@NullMarked
package dev.allowflux.sync.internal.apply;

import org.jspecify.annotations.NullMarked;

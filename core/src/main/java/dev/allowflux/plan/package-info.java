/**
 * Planning a sync: what has to change in an account so that it holds the desired policies.
 *
 * <p>{@link dev.allowflux.plan.SyncPlanner} compares {@linkplain dev.allowflux.plan.DesiredPolicy
 * the desired policies} with those that exist and gives a {@link dev.allowflux.plan.SyncPlan}, or
 * an {@link dev.allowflux.plan.UnsafePlanException} that names everything in it that somebody
 * should look at first. A plan is a document: it can be stored, read by people, and applied later
 * by whoever knows its digest.
 *
 * <p>Nothing in this package does I/O on its own, reads a clock or starts a thread. Values are
 * immutable and safe to share between threads; builders and the planner are not.
 */
@NullMarked
package dev.allowflux.plan;

import org.jspecify.annotations.NullMarked;

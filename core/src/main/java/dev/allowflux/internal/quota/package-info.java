/**
 * The arithmetic of the quota: times in, "now" or "wait until" out. It reads no clock, starts no
 * timer and takes no lock, so that every store of the quota can share it. Not API.
 */
@NullMarked
package dev.allowflux.internal.quota;

import org.jspecify.annotations.NullMarked;

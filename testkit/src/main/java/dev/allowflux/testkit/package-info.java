/** What tests of several modules share. Never published. */
@NullMarked
package dev.allowflux.testkit;

import org.jspecify.annotations.NullMarked;

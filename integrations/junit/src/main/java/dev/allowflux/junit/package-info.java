/** A JUnit extension that gives each test a simulator of the API and a client of it. */
@NullMarked
package dev.allowflux.junit;

import org.jspecify.annotations.NullMarked;

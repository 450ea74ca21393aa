/** A simulator of the API in place of the service, in the tests of a Spring Boot application. */
@NullMarked
package dev.allowflux.spring.boot.test;

import org.jspecify.annotations.NullMarked;

/** The worked example of docs/spring-boot.md. */
@NullMarked
package dev.allowflux.example;

import org.jspecify.annotations.NullMarked;

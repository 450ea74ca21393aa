/** Spring Boot: clients from properties, their health, and failures as problem details. */
@NullMarked
package dev.allowflux.spring.boot;

import org.jspecify.annotations.NullMarked;

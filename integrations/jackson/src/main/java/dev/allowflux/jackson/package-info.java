/** Allow policies in Jackson Databind 3: the API's field names, read and written by our codec. */
@NullMarked
package dev.allowflux.jackson;

import org.jspecify.annotations.NullMarked;

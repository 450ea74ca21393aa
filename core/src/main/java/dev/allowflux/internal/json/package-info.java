/** The JSON of the API: reading responses, writing bodies, timestamps. Not API. */
@NullMarked
package dev.allowflux.internal.json;

import org.jspecify.annotations.NullMarked;

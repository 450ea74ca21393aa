/** The samples of docs/other-styles.md. */
@NullMarked
package dev.allowflux.example.styles;

import org.jspecify.annotations.NullMarked;

/**
 * Foreign text: what its characters are, and how it is shown safely. Internal to the project; knows
 * nothing of policies.
 */
@NullMarked
package dev.allowflux.internal.text;

import org.jspecify.annotations.NullMarked;

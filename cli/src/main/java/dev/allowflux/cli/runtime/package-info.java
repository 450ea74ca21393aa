/** The process around a command: client, streams, exit codes, logs. */
@NullMarked
package dev.allowflux.cli.runtime;

import org.jspecify.annotations.NullMarked;

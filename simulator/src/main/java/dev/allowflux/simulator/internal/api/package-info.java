/** From a request to its response: route, credential, quota and the operations. */
@NullMarked
package dev.allowflux.simulator.internal.api;

import org.jspecify.annotations.NullMarked;

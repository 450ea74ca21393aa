/**
 * Requests and responses as data: routes, headers, the interpretation of a response, the retry
 * policy. Not API.
 */
@NullMarked
package dev.allowflux.internal.http;

import org.jspecify.annotations.NullMarked;

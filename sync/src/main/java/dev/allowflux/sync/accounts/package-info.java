/**
 * One piece of work in many accounts: their list, and its run under the quota of each credential.
 */
@NullMarked
package dev.allowflux.sync.accounts;

import org.jspecify.annotations.NullMarked;

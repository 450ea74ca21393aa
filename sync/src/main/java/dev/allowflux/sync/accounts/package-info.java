/**
 * Many accounts: their list, one piece of work in each under the quota of its credential, and the
 * sync of all of them to one desired state.
 */
@NullMarked
package dev.allowflux.sync.accounts;

import org.jspecify.annotations.NullMarked;

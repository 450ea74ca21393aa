/** Forms of an export that other tools take: the dashboard's upload, Terraform's configuration. */
@NullMarked
package dev.allowflux.sync.export;

import org.jspecify.annotations.NullMarked;

/** Read-only SQL over allow policies, with H2 on a temporary file. */
module dev.allowflux.query {
  requires transitive dev.allowflux.core;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires tools.jackson.core;

  exports dev.allowflux.query;

  uses java.sql.Driver;
}

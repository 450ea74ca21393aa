package dev.allowflux.benchmarks.report;

/** The names under which things that are measured stand in results and goals. */
public final class Subjects {
  public static final String OWN = "allowflux";
  public static final String AGAIN = "allowflux, again";
  public static final String JACKSON_ONLY = "allowflux, Jackson only";
  public static final String JACKSON_2 = "Jackson 2 databind";
  public static final String JACKSON_3 = "Jackson 3 databind";
  public static final String FASTJSON = "fastjson2";
  public static final String NEXT_TOKEN = "floor: Jackson nextToken";
  public static final String WEB_CLIENT = "WebClient + expand";
  public static final String DRAIN = "floor: drain only";
  public static final String PROTECTED = "limiter + retry";
  public static final String PROTECTED_AGAIN = "limiter + retry, again";
  public static final String UNPROTECTED = "the exchange alone";
  public static final String UNOBSERVED = "no observer";
  public static final String UNOBSERVED_AGAIN = "no observer, again";
  public static final String REDIS = "allowflux, Redis on loopback";
  public static final String REDIS_AGAIN = "allowflux, Redis on loopback, again";
  public static final String FILE = "allowflux, file";
  public static final String ONE_IN_FLIGHT = "one page in flight";
  public static final String EIGHT_IN_FLIGHT = "eight pages in flight";
  public static final String SMALL = "heap of 16 MiB";
  public static final String LARGE = "heap of 64 MiB";
  public static final String LARGE_AGAIN = "heap of 64 MiB, again";
  public static final String EXPORT = "allowflux export";
  public static final String EXPORT_AGAIN = "allowflux export, again";
  public static final String EXPORT_FAST = "allowflux export, fast, 8 pages in flight";
  public static final String ONE_BY_ONE = "allowflux export, one page at a time";
  public static final String TYPESCRIPT = "official TypeScript client";
  public static final String GET = "allowflux get";
  public static final String JAVA_VERSION = "java -version";
  public static final String JAVA_VERSION_AGAIN = "java -version, again";

  private Subjects() {}
}

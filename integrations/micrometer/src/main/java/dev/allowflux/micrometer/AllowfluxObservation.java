package dev.allowflux.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of this module. Every key of low cardinality is always there, with the value
 * {@code none} where nothing is known; keys of high cardinality are there where they are known.
 *
 * @since 0.1
 */
public enum AllowfluxObservation implements ObservationDocumentation {

  /** A call from its subscription to its end, with all its waits and attempts. */
  CALL {
    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>>
        getDefaultConvention() {
      return DefaultCallObservationConvention.class;
    }

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return CallKey.values();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return CallDetail.values();
    }

    @Override
    public Observation.Event[] getEvents() {
      return CallEvent.values();
    }

    @Override
    public String getPrefix() {
      return "";
    }
  },

  /** One attempt of a call: an HTTP request and its response. */
  ATTEMPT {
    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>>
        getDefaultConvention() {
      return DefaultAttemptObservationConvention.class;
    }

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return AttemptKey.values();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return AttemptDetail.values();
    }

    @Override
    public String getPrefix() {
      return "";
    }
  };

  /**
   * The keys of a call that have few values.
   *
   * @since 0.1
   */
  public enum CallKey implements KeyName {
    /** What is called, such as {@code get}. */
    OPERATION("allowflux.operation"),
    /** How the call ended, such as {@code success} and {@code cancelled}. */
    OUTCOME("allowflux.outcome"),
    /** The kind of the failure, such as {@code Throttled}. */
    ERROR_TYPE("error.type");

    private final String key;

    CallKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /**
   * The keys of a call that have many values.
   *
   * @since 0.1
   */
  public enum CallDetail implements KeyName {
    /** The account. */
    ACCOUNT("allowflux.account"),
    /** The policy, if the call is about one. */
    POLICY("allowflux.policy"),
    /** How many attempts were made. */
    ATTEMPTS("allowflux.attempts"),
    /** How long the call waited for permits and between attempts, in milliseconds. */
    WAITED("allowflux.waited_ms");

    private final String key;

    CallDetail(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /**
   * What happens within a call beside its attempts.
   *
   * @since 0.1
   */
  public enum CallEvent implements Observation.Event {
    /** The call waits for a permit of the quota. */
    WAITING("waiting"),
    /** A failed attempt will be retried. */
    RETRYING("retrying");

    private final String name;

    CallEvent(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getContextualName() {
      return name;
    }
  }

  /**
   * The keys of an attempt that have few values; the names are OpenTelemetry's.
   *
   * @since 0.1
   */
  public enum AttemptKey implements KeyName {
    /** The HTTP method. */
    METHOD("http.request.method"),
    /** The HTTP status. */
    STATUS("http.response.status_code"),
    /** The host that is called. */
    ADDRESS("server.address"),
    /** Its port. */
    PORT("server.port"),
    /** The path with names in place of ids. */
    TEMPLATE("url.template"),
    /**
     * A status of 400 and above, else the kind of the failure, or {@code cancelled}: by the
     * subscriber, or by the time limit of the call.
     */
    ERROR_TYPE("error.type");

    private final String key;

    AttemptKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /**
   * The keys of an attempt that have many values.
   *
   * @since 0.1
   */
  public enum AttemptDetail implements KeyName {
    /** How many attempts there were before; absent for the first one. */
    RESEND_COUNT("http.request.resend_count"),
    /** The id that Cloudflare's support asks for. */
    CF_RAY("cf.ray"),
    /** The account. */
    ACCOUNT("allowflux.account"),
    /** The policy, if the call is about one. */
    POLICY("allowflux.policy");

    private final String key;

    AttemptDetail(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }
}

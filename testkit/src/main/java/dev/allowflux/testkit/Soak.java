package dev.allowflux.testkit;

/** How often a proof is repeated: as the build has time for, or as often as it was promised. */
public final class Soak {

  private static final boolean ON = Boolean.getBoolean("allowflux.soak");

  private Soak() {}

  /** Tells whether this is the long form. */
  public static boolean isOn() {
    return ON;
  }

  public static int count(int usually, int inTheLongForm) {
    return ON ? inTheLongForm : usually;
  }
}

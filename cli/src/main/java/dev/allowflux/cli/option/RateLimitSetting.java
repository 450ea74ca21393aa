package dev.allowflux.cli.option;

import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Calls in a window, as {@code 1200/300s}; no window stands for {@code off}.
 *
 * @param calls how many calls a window may hold
 * @param window how long it is, or null if there is no limit
 */
public record RateLimitSetting(int calls, @Nullable Duration window) {

  private static final RateLimitSetting OFF = new RateLimitSetting(0, null);

  /** Makes a simulator enforce it. */
  public void enforce(ApiSimulatorBuilder simulator) {
    if (window == null) {
      simulator.noRateLimit();
    } else {
      simulator.rateLimit(RateLimitRule.of(calls, window));
    }
  }

  /** The text of an option to a setting. */
  public static final class Converter implements ITypeConverter<RateLimitSetting> {
    @Override
    public RateLimitSetting convert(String text) {
      if (text.equals("off")) {
        return OFF;
      }
      int slash = text.indexOf('/');
      if (slash > 0 && text.substring(0, slash).matches("\\d{1,9}")) {
        int calls = Integer.parseInt(text.substring(0, slash));
        Duration window = new DurationConverter().convert(text.substring(slash + 1));
        if (calls > 0 && !window.isZero()) {
          return new RateLimitSetting(calls, window);
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is neither a rate limit such as 1200/300s nor 'off'");
    }
  }
}

package dev.allowflux.spring.boot;

import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** There is a client without a name, unless all that is configured has names. */
final class OnDefaultClient extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    Binder binder = Binder.get(context.getEnvironment());
    boolean matches =
        !isSet(binder, ".clients") || isSet(binder, ".credential") || isSet(binder, ".accounts");
    ConditionMessage.Builder message = ConditionMessage.forCondition("Default allowflux client");
    return matches
        ? ConditionOutcome.match(message.because("it is configured, or nothing is"))
        : ConditionOutcome.noMatch(message.because("only named clients are configured"));
  }

  private static boolean isSet(Binder binder, String name) {
    return !binder
        .bind(AllowfluxProperties.PREFIX + name, Bindable.mapOf(String.class, Object.class))
        .orElseGet(Map::of)
        .isEmpty();
  }
}

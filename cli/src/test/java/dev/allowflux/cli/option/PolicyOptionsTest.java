package dev.allowflux.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyField.Access;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

class PolicyOptionsTest {
  @Test
  void everyFieldThatCanBeWrittenHasTheOptionOfTheTableOfFields() {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new PolicyOptions());

    assertThat(spec.options())
        .flatExtracting(option -> Arrays.asList(option.names()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(PolicyField.values())
                .filter(f -> f.access() == Access.WRITABLE || f.access() == Access.TAG)
                .map(PolicyField::option)
                .toList());
  }
}

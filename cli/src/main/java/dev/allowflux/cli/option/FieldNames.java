package dev.allowflux.cli.option;

import dev.allowflux.model.PolicyField;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The names of all fields, for help and completion. */
public final class FieldNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(PolicyField.values()).map(PolicyField::apiName).iterator();
  }

  /** The API's name to a field. */
  public static final class Converter implements ITypeConverter<PolicyField> {
    @Override
    public PolicyField convert(String text) {
      PolicyField field = PolicyField.ofName(text);
      if (field == null) {
        throw new TypeConversionException(
            "'" + text + "' is no field; there are " + String.join(", ", new FieldNames()));
      }
      return field;
    }
  }
}

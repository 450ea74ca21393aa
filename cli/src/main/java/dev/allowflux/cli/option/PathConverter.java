package dev.allowflux.cli.option;

import dev.allowflux.internal.text.SafeText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a file. An empty one would be the working directory. */
public final class PathConverter implements ITypeConverter<Path> {

  @Override
  public Path convert(String name) {
    if (name.isEmpty()) {
      throw new TypeConversionException("the name of the file is empty");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          SafeText.line(name) + " is no name of a file here: " + e.getReason());
    }
  }
}

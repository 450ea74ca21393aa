package dev.allowflux.spring.boot;

import java.util.NoSuchElementException;

/**
 * No account of the application has this name. As problem details it is a 404.
 *
 * @since 0.1
 */
public final class UnknownAccountException extends NoSuchElementException {
  private static final long serialVersionUID = 1L;

  UnknownAccountException(String name) {
    super("no account has the name " + name.replaceAll("[^\\w.-]", "?"));
  }
}

package dev.allowflux.internal.text;

import java.util.List;

/**
 * Hides the secrets of a request wherever the text of a response repeats them: whole or at least
 * their first characters, as they are or as JSON or a URL may write them.
 */
public final class SecretMask {

  /** Hides nothing. */
  public static final SecretMask NONE = new SecretMask(List.of());

  private static final String MASK = "***";

  /** So much of a secret is hidden even where a text was cut within it. */
  private static final int LONGEST_SHOWN = 12;

  private final List<String> secrets;

  private SecretMask(List<String> secrets) {
    this.secrets = secrets;
  }

  /** Returns a mask of secrets; empty ones hide nothing. */
  public static SecretMask of(List<String> secrets) {
    return new SecretMask(secrets.stream().filter(secret -> !secret.isEmpty()).toList());
  }

  /** Returns the text without the secrets. */
  public String hide(String text) {
    String hidden = text;
    for (String secret : secrets) {
      hidden = hide(hidden, secret);
    }
    return hidden;
  }

  private static String hide(String text, String secret) {
    StringBuilder hidden = null;
    int copied = 0;
    for (int i = 0; i < text.length(); ) {
      int end = endOf(text, i, secret);
      if (end < 0) {
        i++;
      } else {
        hidden = hidden == null ? new StringBuilder(text.length()) : hidden;
        hidden.append(text, copied, i).append(MASK);
        i = end;
        copied = end;
      }
    }
    return hidden == null ? text : hidden.append(text, copied, text.length()).toString();
  }

  /** Returns where the secret ends that begins at an index, or -1 if none does. */
  private static int endOf(String text, int from, String secret) {
    int at = from;
    int matched = 0;
    while (matched < secret.length()) {
      int length = lengthOf(text, at, secret.charAt(matched));
      if (length == 0) {
        break;
      }
      at += length;
      matched++;
    }
    return matched == secret.length() || matched > LONGEST_SHOWN ? at : -1;
  }

  /** Returns how long the spelling of the character is that stands at an index, or 0. */
  private static int lengthOf(String text, int at, char c) {
    if (at >= text.length()) {
      return 0;
    }
    char first = text.charAt(at);
    int escaped = first == '\\' ? lengthOfJson(text, at, c) : 0;
    if (first == '%' && isHex(text, at + 1, 2, c)) {
      escaped = 3;
    }
    return escaped == 0 && first == c ? 1 : escaped;
  }

  private static int lengthOfJson(String text, int at, char c) {
    if (text.startsWith("u", at + 1)) {
      return isHex(text, at + 2, 4, c) ? 6 : 0;
    }
    return at + 1 < text.length() && text.charAt(at + 1) == c ? 2 : 0;
  }

  private static boolean isHex(String text, int at, int digits, char c) {
    if (at + digits > text.length()) {
      return false;
    }
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        return false;
      }
      value = value * 16 + digit;
    }
    return value == c;
  }
}

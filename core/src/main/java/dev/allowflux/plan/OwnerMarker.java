package dev.allowflux.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Markers of owners in comments. */
final class OwnerMarker {
  private static final String START = "[allowflux:";
  private static final Pattern MARKER = Pattern.compile("\\[allowflux:([A-Za-z0-9._-]{1,64})\\]");

  private OwnerMarker() {}

  static String of(String owner) {
    return START + owner + "]";
  }

  static boolean hasAny(@Nullable String comments) {
    return comments != null && comments.contains(START) && MARKER.matcher(comments).find();
  }

  static boolean has(@Nullable String comments, String owner) {
    return comments != null && comments.contains(of(owner));
  }

  /** Returns an owner that is named in the comments and is not this one. */
  static @Nullable String otherThan(String owner, @Nullable String comments) {
    if (comments == null || !comments.contains(START)) {
      return null;
    }
    Matcher marker = MARKER.matcher(comments);
    while (marker.find()) {
      if (!marker.group(1).equals(owner)) {
        return marker.group(1);
      }
    }
    return null;
  }

  /** Returns the comments with the marker behind them, unless they have it already. */
  static String add(String owner, @Nullable String comments) {
    if (comments == null || comments.isEmpty()) {
      return of(owner);
    }
    return has(comments, owner) ? comments : comments + " " + of(owner);
  }
}

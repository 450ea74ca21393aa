package dev.allowflux.simulator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fields of a policy that a caller writes, read from a request and checked. */
final class PolicyFields {
  private static final int MAX_TEXT = 1024;
  private static final String[] FLAG_NAMES = {
    "is_regex", "is_trusted_sender", "is_acceptable_sender", "is_exempt_recipient", "verify_sender"
  };
  private static final String[] DEAD_FLAG_NAMES = {"is_sender", "is_spoof", "is_recipient"};

  private String pattern = "";
  private int kind;
  private @Nullable String comments;

  private PolicyFields() {}

  /**
   * A whole policy, as a create or a replacement sends it.
   *
   * @param pointer where the object stands in the body
   */
  static PolicyFields read(JsonNode json, String pointer) {
    requireObject(json, pointer);
    for (String name : FLAG_NAMES) {
      require(json, name, pointer);
    }
    require(json, "pattern", pointer);
    require(json, "pattern_type", pointer);
    PolicyFields fields = new PolicyFields();
    fields.take(json, pointer);
    return fields;
  }

  /** A policy with the fields of an edit in place of its own. */
  static PolicyFields edited(Policy old, JsonNode json, String pointer) {
    requireObject(json, pointer);
    PolicyFields fields = new PolicyFields();
    fields.pattern = old.pattern();
    fields.kind = old.kind();
    fields.comments = old.comments();
    if (!fields.take(json, pointer)) {
      throw Refusal.badRequest(pointer, "an edit needs at least one field to change");
    }
    return fields;
  }

  Policy toPolicy(int number, String id, String createdAt, String modifiedAt) {
    return Policy.of(number, id, createdAt, modifiedAt, pattern, kind, comments, false);
  }

  /** Takes the fields that are there; others than the known ones pass, the read-only ones too. */
  private boolean take(JsonNode json, String pointer) {
    boolean any = false;
    for (int i = 0; i < FLAG_NAMES.length; i++) {
      JsonNode value = json.get(FLAG_NAMES[i]);
      if (value != null) {
        int flag = Policy.REGEX << i;
        kind = isTrue(value, pointer + "/" + FLAG_NAMES[i]) ? kind | flag : kind & ~flag;
        any = true;
      }
    }
    for (String name : DEAD_FLAG_NAMES) {
      JsonNode value = json.get(name);
      if (value != null) {
        isTrue(value, pointer + "/" + name);
      }
    }
    JsonNode type = json.get("pattern_type");
    if (type != null) {
      kind = (kind & ~Policy.TYPE_MASK) | type(type, pointer + "/pattern_type");
      any = true;
    }
    JsonNode text = json.get("pattern");
    if (text != null) {
      pattern = text(text, 1, pointer + "/pattern");
      any = true;
    }
    JsonNode remark = json.get("comments");
    if (remark != null) {
      comments = remark.isNull() ? null : text(remark, 0, pointer + "/comments");
      any = true;
    }
    if (any && (text != null || type != null || json.has("is_regex"))) {
      String violation = PatternRules.violation(pattern, kind);
      if (violation != null) {
        throw Refusal.badRequest(pointer + "/pattern", "pattern " + violation);
      }
    }
    return any;
  }

  private static void requireObject(JsonNode json, String pointer) {
    if (!json.isObject()) {
      throw Refusal.badRequest(pointer, "an object is needed here");
    }
  }

  private static void require(JsonNode json, String name, String pointer) {
    if (!json.has(name)) {
      throw Refusal.badRequest(pointer + "/" + name, name + " is required");
    }
  }

  private static boolean isTrue(JsonNode value, String pointer) {
    if (!value.isBoolean()) {
      throw Refusal.badRequest(pointer, "true or false is needed here");
    }
    return value.booleanValue();
  }

  private static int type(JsonNode value, String pointer) {
    String name = value.isString() ? value.stringValue() : "";
    return switch (name) {
      case "EMAIL" -> 0;
      case "DOMAIN" -> 1;
      case "IP" -> 2;
      default -> throw Refusal.badRequest(pointer, "EMAIL, DOMAIN or IP is needed here");
    };
  }

  private static String text(JsonNode value, int min, String pointer) {
    if (!value.isString()) {
      throw Refusal.badRequest(pointer, "text is needed here");
    }
    String text = value.stringValue();
    int length = text.codePointCount(0, text.length());
    if (length < min || length > MAX_TEXT) {
      throw Refusal.badRequest(
          pointer, "text of %d to %d characters is needed here".formatted(min, MAX_TEXT));
    }
    return text;
  }
}

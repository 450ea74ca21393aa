package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.pattern.PatternNormalizer;
import dev.allowflux.simulator.internal.pattern.PatternRules;
import dev.allowflux.simulator.internal.store.PolicyValues;
import dev.allowflux.simulator.internal.store.StoredPolicy;
import tools.jackson.databind.JsonNode;

/** Reads and checks the values of a policy in a request. */
final class PolicyReader {
  private static final int MAX_TEXT = 1024;
  private static final String[] FLAG_NAMES = {
    "is_regex", "is_trusted_sender", "is_acceptable_sender", "is_exempt_recipient", "verify_sender"
  };
  private static final String[] DEPRECATED_FLAG_NAMES = {"is_sender", "is_spoof", "is_recipient"};

  private PolicyReader() {}

  /**
   * Reads a whole policy, as a create or a replacement sends it.
   *
   * @param pointer the position of the object in the body
   * @param normalizing whether pattern and comments are changed to a normal spelling
   */
  static PolicyValues read(JsonNode json, String pointer, boolean normalizing) {
    requireObject(json, pointer);
    for (String name : FLAG_NAMES) {
      require(json, name, pointer);
    }
    require(json, "pattern", pointer);
    require(json, "pattern_type", pointer);
    return changed(new PolicyValues("", 0, null), json, pointer, normalizing);
  }

  /** Returns the values of a policy after an edit. */
  static PolicyValues edited(StoredPolicy old, JsonNode json, String pointer, boolean normalizing) {
    requireObject(json, pointer);
    boolean changesField = json.has("pattern") || json.has("pattern_type") || json.has("comments");
    for (String name : FLAG_NAMES) {
      changesField |= json.has(name);
    }
    if (!changesField) {
      throw Refusal.badRequest(pointer, "an edit needs at least one field to change");
    }
    return changed(PolicyValues.of(old), json, pointer, normalizing);
  }

  /** Takes the fields that are present; unknown and read-only fields are ignored. */
  private static PolicyValues changed(
      PolicyValues old, JsonNode json, String pointer, boolean normalizing) {
    int traits = old.traits();
    for (int i = 0; i < FLAG_NAMES.length; i++) {
      JsonNode value = json.get(FLAG_NAMES[i]);
      if (value != null) {
        int flag = StoredPolicy.REGEX << i;
        traits = isTrue(value, pointer + "/" + FLAG_NAMES[i]) ? traits | flag : traits & ~flag;
      }
    }
    for (String name : DEPRECATED_FLAG_NAMES) {
      JsonNode value = json.get(name);
      if (value != null) {
        isTrue(value, pointer + "/" + name);
      }
    }
    JsonNode type = json.get("pattern_type");
    if (type != null) {
      traits = (traits & ~StoredPolicy.TYPE_MASK) | type(type, pointer + "/pattern_type");
    }
    JsonNode text = json.get("pattern");
    String pattern = text == null ? old.pattern() : text(text, 1, pointer + "/pattern");
    JsonNode remark = json.get("comments");
    String comments =
        remark == null
            ? old.comments()
            : remark.isNull() ? null : text(remark, 0, pointer + "/comments");
    PolicyValues sent = new PolicyValues(pattern, traits, comments);
    PolicyValues values = normalizing ? normalized(sent) : sent;
    if (text != null || type != null || json.has("is_regex")) {
      checkPattern(values, pointer);
    }
    return values;
  }

  private static PolicyValues normalized(PolicyValues values) {
    String comments = values.comments();
    return new PolicyValues(
        PatternNormalizer.normalize(values.pattern(), values.type(), values.isRegex()),
        values.traits(),
        comments == null ? null : comments.strip());
  }

  private static void checkPattern(PolicyValues values, String pointer) {
    String violation = PatternRules.violation(values.pattern(), values.type(), values.isRegex());
    if (violation != null) {
      throw Refusal.badRequest(pointer + "/pattern", "pattern " + violation);
    }
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
    int type = StoredPolicy.types().indexOf(name);
    if (type < 0 || name.equals("UNKNOWN")) {
      throw Refusal.badRequest(pointer, "EMAIL, DOMAIN or IP is needed here");
    }
    return type;
  }

  private static String text(JsonNode value, int min, String pointer) {
    if (!value.isString()) {
      throw Refusal.badRequest(pointer, "text is needed here");
    }
    String text = value.stringValue();
    int length = text.codePointCount(0, text.length());
    if (length < min || length > MAX_TEXT) {
      throw Refusal.badRequest(
          pointer, "text of " + min + " to " + MAX_TEXT + " characters is needed here");
    }
    return text;
  }
}

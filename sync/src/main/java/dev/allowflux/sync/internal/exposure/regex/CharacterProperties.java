package dev.allowflux.sync.internal.exposure.regex;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The named sets of characters that Java's regular expressions know, as java.util.regex.Pattern
 * documents them. A name that is not known here is not guessed at.
 */
public final class CharacterProperties {
  static final CodePoints ASCII_DIGIT = CodePoints.range('0', '9');

  /** What {@code \\w} stands for. */
  public static final CodePoints ASCII_WORD =
      CodePoints.range('a', 'z')
          .union(CodePoints.range('A', 'Z'))
          .union(ASCII_DIGIT)
          .union(CodePoints.single('_'));

  static final CodePoints ASCII_SPACE = CodePoints.range('\t', '\r').union(CodePoints.single(' '));

  /** Spaces and tabs. */
  public static final CodePoints HORIZONTAL_SPACE =
      CodePoints.of("\t \u00a0\u1680\u180e\u202f\u205f\u3000")
          .union(CodePoints.range(0x2000, 0x200a));

  static final CodePoints VERTICAL_SPACE =
      CodePoints.range(0x0A, 0x0D).union(CodePoints.of("\u0085\u2028\u2029"));

  private static final int LETTER_CASES =
      mask(Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER);
  private static final int LETTERS =
      LETTER_CASES | mask(Character.MODIFIER_LETTER, Character.OTHER_LETTER);
  private static final int SPACES =
      mask(Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR);
  private static final int MARKS =
      mask(Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK);
  private static final int PUNCTUATION =
      mask(
          Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION);
  private static final int SYMBOLS =
      mask(
          Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL);
  private static final int NUMBERS =
      mask(Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER);
  private static final int OTHERS =
      mask(
          Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED);

  /** The general categories by their short names. */
  private static final Map<String, Integer> CATEGORIES =
      Map.ofEntries(
          Map.entry("Cn", mask(Character.UNASSIGNED)),
          Map.entry("Lu", mask(Character.UPPERCASE_LETTER)),
          Map.entry("Ll", mask(Character.LOWERCASE_LETTER)),
          Map.entry("Lt", mask(Character.TITLECASE_LETTER)),
          Map.entry("Lm", mask(Character.MODIFIER_LETTER)),
          Map.entry("Lo", mask(Character.OTHER_LETTER)),
          Map.entry("Mn", mask(Character.NON_SPACING_MARK)),
          Map.entry("Me", mask(Character.ENCLOSING_MARK)),
          Map.entry("Mc", mask(Character.COMBINING_SPACING_MARK)),
          Map.entry("Nd", mask(Character.DECIMAL_DIGIT_NUMBER)),
          Map.entry("Nl", mask(Character.LETTER_NUMBER)),
          Map.entry("No", mask(Character.OTHER_NUMBER)),
          Map.entry("Zs", mask(Character.SPACE_SEPARATOR)),
          Map.entry("Zl", mask(Character.LINE_SEPARATOR)),
          Map.entry("Zp", mask(Character.PARAGRAPH_SEPARATOR)),
          Map.entry("Cc", mask(Character.CONTROL)),
          Map.entry("Cf", mask(Character.FORMAT)),
          Map.entry("Co", mask(Character.PRIVATE_USE)),
          Map.entry("Cs", mask(Character.SURROGATE)),
          Map.entry("Pd", mask(Character.DASH_PUNCTUATION)),
          Map.entry("Ps", mask(Character.START_PUNCTUATION)),
          Map.entry("Pe", mask(Character.END_PUNCTUATION)),
          Map.entry("Pc", mask(Character.CONNECTOR_PUNCTUATION)),
          Map.entry("Po", mask(Character.OTHER_PUNCTUATION)),
          Map.entry("Sm", mask(Character.MATH_SYMBOL)),
          Map.entry("Sc", mask(Character.CURRENCY_SYMBOL)),
          Map.entry("Sk", mask(Character.MODIFIER_SYMBOL)),
          Map.entry("So", mask(Character.OTHER_SYMBOL)),
          Map.entry("Pi", mask(Character.INITIAL_QUOTE_PUNCTUATION)),
          Map.entry("Pf", mask(Character.FINAL_QUOTE_PUNCTUATION)),
          Map.entry("L", LETTERS),
          Map.entry("M", MARKS),
          Map.entry("N", NUMBERS),
          Map.entry("Z", SPACES),
          Map.entry("C", OTHERS),
          Map.entry("P", PUNCTUATION),
          Map.entry("S", SYMBOLS),
          Map.entry("LC", LETTER_CASES),
          Map.entry("LD", LETTERS | mask(Character.DECIMAL_DIGIT_NUMBER)));

  /** One entry for each known name that was asked for; their number is fixed. */
  private static final Map<String, CodePoints> KNOWN = new ConcurrentHashMap<>();

  private CharacterProperties() {}

  /**
   * Returns the set behind {@code \p{name}}, or null if the name is not known.
   *
   * @param ignoreCase whether sets of one case stand for all cases, as under {@code (?i)}
   * @param unicode whether POSIX names have their Unicode meaning, as under {@code (?U)}
   */
  static @Nullable CodePoints named(String name, boolean ignoreCase, boolean unicode) {
    int equals = name.indexOf('=');
    if (equals >= 0) {
      String value = name.substring(equals + 1);
      return switch (name.substring(0, equals).toLowerCase(Locale.ROOT)) {
        case "sc", "script" -> script(value);
        case "blk", "block" -> block(value);
        case "gc", "general_category" -> javaName(value, ignoreCase);
        default -> null;
      };
    }
    if (name.startsWith("In")) {
      return block(name.substring(2));
    }
    if (name.startsWith("Is")) {
      String property = name.substring(2);
      CodePoints set = binaryProperty(property, ignoreCase);
      set = set == null ? posix(property, ignoreCase) : set;
      set = set == null ? javaName(property, ignoreCase) : set;
      return set == null ? script(property) : set;
    }
    CodePoints set = unicode ? posix(name, ignoreCase) : null;
    return set == null ? javaName(name, ignoreCase) : set;
  }

  /** The digits, white space and word characters under {@code (?U)}. */
  static CodePoints unicode(char kind) {
    return switch (kind) {
      case 'd' -> known("\\d", Character::isDigit);
      case 's' -> known("\\s", CharacterProperties::isWhiteSpace);
      default -> known("\\w", CharacterProperties::isWord);
    };
  }

  private static @Nullable CodePoints script(String name) {
    try {
      Character.UnicodeScript script = Character.UnicodeScript.forName(name);
      return known("sc=" + script, c -> Character.UnicodeScript.of(c) == script);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable CodePoints block(String name) {
    try {
      Character.UnicodeBlock block = Character.UnicodeBlock.forName(name);
      return known("blk=" + block, c -> block.equals(Character.UnicodeBlock.of(c)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable CodePoints binaryProperty(String name, boolean ignoreCase) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "ALPHABETIC" -> known("alphabetic", Character::isAlphabetic);
      case "ASSIGNED" -> known("assigned", c -> Character.getType(c) != Character.UNASSIGNED);
      case "CONTROL" -> category(mask(Character.CONTROL));
      case "HEXDIGIT", "HEX_DIGIT" -> known("hex", CharacterProperties::isHexDigit);
      case "IDEOGRAPHIC" -> known("ideographic", Character::isIdeographic);
      case "JOINCONTROL", "JOIN_CONTROL" -> CodePoints.range(0x200C, 0x200D);
      case "LETTER" -> category(LETTERS);
      case "LOWERCASE" -> cased(ignoreCase, "lower", Character::isLowerCase);
      case "UPPERCASE" -> cased(ignoreCase, "upper", Character::isUpperCase);
      case "TITLECASE" -> cased(ignoreCase, "title", Character::isTitleCase);
      case "NONCHARACTERCODEPOINT", "NONCHARACTER_CODE_POINT" ->
          known("nonchar", c -> (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef));
      case "PUNCTUATION" -> category(PUNCTUATION);
      case "WHITESPACE", "WHITE_SPACE" -> unicode('s');
      case "WORD" -> unicode('w');
      default -> null;
    };
  }

  private static @Nullable CodePoints posix(String name, boolean ignoreCase) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "ALPHA" -> known("alphabetic", Character::isAlphabetic);
      case "LOWER" -> cased(ignoreCase, "lower", Character::isLowerCase);
      case "UPPER" -> cased(ignoreCase, "upper", Character::isUpperCase);
      case "SPACE" -> unicode('s');
      case "PUNCT" -> category(PUNCTUATION);
      case "XDIGIT" -> known("hex", CharacterProperties::isHexDigit);
      case "ALNUM" -> known("alnum", c -> Character.isAlphabetic(c) || Character.isDigit(c));
      case "CNTRL" -> category(mask(Character.CONTROL));
      case "DIGIT" -> unicode('d');
      case "BLANK" -> known("blank", CharacterProperties::isBlank);
      case "GRAPH" -> known("graph", CharacterProperties::isGraph);
      case "PRINT" ->
          known(
              "print",
              c -> (isGraph(c) || isBlank(c)) && Character.getType(c) != Character.CONTROL);
      default -> null;
    };
  }

  private static @Nullable CodePoints javaName(String name, boolean ignoreCase) {
    Integer category = CATEGORIES.get(name);
    if (category != null) {
      boolean oneCase = Integer.bitCount(category) == 1 && (category & LETTER_CASES) != 0;
      return category(ignoreCase && oneCase ? LETTER_CASES : category);
    }
    CodePoints letters = ignoreCase ? asciiLetters() : CodePoints.NONE;
    return switch (name) {
      case "L1" -> CodePoints.range(0, 0xFF);
      case "all" -> CodePoints.ALL;
      case "ASCII" -> CodePoints.range(0, 0x7F);
      case "Alnum" -> asciiLetters().union(ASCII_DIGIT);
      case "Alpha" -> asciiLetters();
      case "Blank" -> CodePoints.of("\t ");
      case "Cntrl" -> CodePoints.range(0, 0x1F).union(CodePoints.single(0x7F));
      case "Digit" -> ASCII_DIGIT;
      case "Graph" -> CodePoints.range(0x21, 0x7E);
      case "Lower" -> CodePoints.range('a', 'z').union(letters);
      case "Print" -> CodePoints.range(0x20, 0x7E);
      case "Punct" -> CodePoints.range(0x21, 0x7E).minus(asciiLetters()).minus(ASCII_DIGIT);
      case "Space" -> ASCII_SPACE;
      case "Upper" -> CodePoints.range('A', 'Z').union(letters);
      case "XDigit" -> CodePoints.of("0123456789abcdefABCDEF");
      default -> javaMethod(name, ignoreCase);
    };
  }

  private static @Nullable CodePoints javaMethod(String name, boolean ignoreCase) {
    return switch (name) {
      case "javaLowerCase" -> cased(ignoreCase, "lower", Character::isLowerCase);
      case "javaUpperCase" -> cased(ignoreCase, "upper", Character::isUpperCase);
      case "javaTitleCase" -> cased(ignoreCase, "title", Character::isTitleCase);
      case "javaAlphabetic" -> known("alphabetic", Character::isAlphabetic);
      case "javaIdeographic" -> known("ideographic", Character::isIdeographic);
      case "javaDigit" -> unicode('d');
      case "javaDefined" -> known(name, Character::isDefined);
      case "javaLetter" -> category(LETTERS);
      case "javaLetterOrDigit" -> known(name, Character::isLetterOrDigit);
      case "javaJavaIdentifierStart" -> known(name, Character::isJavaIdentifierStart);
      case "javaJavaIdentifierPart" -> known(name, Character::isJavaIdentifierPart);
      case "javaUnicodeIdentifierStart" -> known(name, Character::isUnicodeIdentifierStart);
      case "javaUnicodeIdentifierPart" -> known(name, Character::isUnicodeIdentifierPart);
      case "javaIdentifierIgnorable" -> known(name, Character::isIdentifierIgnorable);
      case "javaSpaceChar" -> known(name, Character::isSpaceChar);
      case "javaWhitespace" -> known(name, Character::isWhitespace);
      case "javaISOControl" -> known(name, Character::isISOControl);
      case "javaMirrored" -> known(name, Character::isMirrored);
      default -> null;
    };
  }

  private static CodePoints asciiLetters() {
    return CodePoints.range('A', 'Z').union(CodePoints.range('a', 'z'));
  }

  private static CodePoints cased(boolean ignoreCase, String name, IntPredicate predicate) {
    return ignoreCase
        ? known(
            "cased",
            c -> Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c))
        : known(name, predicate);
  }

  private static CodePoints category(int mask) {
    return known("gc=" + mask, c -> isIn(c, mask));
  }

  private static CodePoints known(String name, IntPredicate predicate) {
    return KNOWN.computeIfAbsent(name, key -> CodePoints.where(predicate));
  }

  private static boolean isIn(int codePoint, int categories) {
    return (categories >> Character.getType(codePoint) & 1) != 0;
  }

  private static boolean isWhiteSpace(int c) {
    return isIn(c, SPACES) || (c >= 0x9 && c <= 0xd) || c == 0x85;
  }

  private static boolean isWord(int c) {
    int others = MARKS | mask(Character.DECIMAL_DIGIT_NUMBER, Character.CONNECTOR_PUNCTUATION);
    return Character.isAlphabetic(c) || isIn(c, others) || c == 0x200C || c == 0x200D;
  }

  private static boolean isHexDigit(int c) {
    int ascii = c >= 0xFF10 && c <= 0xFF46 ? c - 0xFEE0 : c;
    return Character.isDigit(c) || (ascii >= 'a' && ascii <= 'f') || (ascii >= 'A' && ascii <= 'F');
  }

  private static boolean isBlank(int c) {
    return Character.getType(c) == Character.SPACE_SEPARATOR || c == '\t';
  }

  private static boolean isGraph(int c) {
    int excluded = SPACES | mask(Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED);
    return !isIn(c, excluded);
  }

  private static int mask(byte... categories) {
    int mask = 0;
    for (byte category : categories) {
      mask |= 1 << category;
    }
    return mask;
  }
}

package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.allowflux.internal.json.TwoReaders.Verdict;
import dev.allowflux.model.AllowPolicy;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FastPageReaderTest {
  private static final List<String> MEMBERS =
      List.of(
          "\"id\":\"0b54c7f2-6c1e-4c57-9c7e-30c9b1a7d201\"",
          "\"created_at\":\"2026-03-04T05:06:07.12345Z\"",
          "\"modified_at\":\"2026-05-06T07:08:09Z\"",
          "\"last_modified\":\"2026-05-06T07:08:09Z\"",
          "\"pattern\":\"^a\\\\.b@c\\\\.example$\"",
          "\"pattern_type\":\"EMAIL\"",
          "\"is_regex\":true",
          "\"is_trusted_sender\":true",
          "\"is_acceptable_sender\":false",
          "\"is_exempt_recipient\":false",
          "\"verify_sender\":null",
          "\"is_sender\":true",
          "\"is_spoof\":false",
          "\"is_recipient\":false",
          "\"comments\":\"Büro \\u2013 \\ud83d\\uDE00 \\\"x\\\" 😀\\n\"");
  private static final String POLICY = '{' + String.join(",", MEMBERS) + '}';
  private static final String PAGE = page(POLICY);

  private static String page(String... policies) {
    return "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":["
        + String.join(",", policies)
        + "],\"result_info\":{\"count\":1,\"page\":1,\"per_page\":1000,\"total_count\":1}}";
  }

  @ParameterizedTest
  @MethodSource
  void aPageOfTheUsualFormIsRead(String page) {
    assertThat(compare(page)).isEqualTo(Verdict.READ);
  }

  static Stream<String> aPageOfTheUsualFormIsRead() {
    List<String> reversed = new ArrayList<>(MEMBERS);
    Collections.reverse(reversed);
    return Stream.of(
        PAGE,
        page(),
        page(POLICY, POLICY, POLICY),
        page('{' + String.join(",", reversed) + '}'),
        page('{' + String.join(" ,\n", reversed).replace("\":", "\":\t ") + "\r\n}"),
        page("{\"id\":\"a\",\"created_at\":\"2026-03-04T05:06:07Z\"}"),
        page("{\"id\":\"a\",\"created_at\":\"2026-03-04 05:06:07.123456789+05:30\"}"),
        "{\"result\":[" + POLICY + "],\"success\":true}",
        " { \"messages\": [ ] , \"result\": [ " + POLICY + " ] , \"success\": true } \n",
        "{\"result\":[{\"created_at\":\"2026-03-04T05:06:07Z\",\"id\":\"a\",\"comments\":null}]}",
        withTextAtTheEnd("a"),
        "{\"result\":[],\"success\":null}",
        "{\"result\":[],\"result_info\":{\"page\":0,\"per_page\":999999999999999}}");
  }

  @ParameterizedTest
  @MethodSource
  void whatIsOddIsLeftToJackson(String page) {
    assertThat(compare(page)).isNotEqualTo(Verdict.READ);
  }

  static Stream<String> whatIsOddIsLeftToJackson() {
    return Stream.of(
        "",
        "{}",
        "[]",
        "null",
        PAGE + "0",
        PAGE + PAGE,
        "\ufeff" + PAGE,
        "/**/" + PAGE,
        PAGE.substring(0, PAGE.length() - 1),
        PAGE.replace("\"errors\":[]", "\"errors\":[{\"code\":1}]"),
        PAGE.replace("\"errors\"", "\"success\":true,\"errors\""),
        PAGE.replace("\"errors\"", "\"new\":1,\"errors\""),
        PAGE.replace("\"result\":[", "\"result\":null,\"other\":["),
        PAGE.replace("\"count\":1", "\"count\":1,\"count\":1"),
        PAGE.replace("\"count\":1", "\"count\":01"),
        PAGE.replace("\"count\":1", "\"count\":1.0"),
        PAGE.replace("\"count\":1", "\"count\":-1"),
        PAGE.replace("\"count\":1", "\"count\":1e1"),
        PAGE.replace("\"count\":1", "\"count\":9007199254740993"),
        PAGE.replace("\"count\":1", "\"count\":\"1\""),
        PAGE.replace("}}", "},}"),
        PAGE.replace("\"is_regex\":true", "\"is_regex\":true,\"is_regex\":false"),
        PAGE.replace("\"is_regex\":true", "\"is_regex\":\"true\""),
        PAGE.replace("\"is_regex\":true", "\"is_regex\":true1"),
        PAGE.replace("\"is_regex\":true", "\"is_regex\":True"),
        PAGE.replace("\"is_regex\":true", "\"is_regex\":true,"),
        PAGE.replace("\"is_regex\"", "\"new\":7,\"is_regex\""),
        PAGE.replace("\"is_regex\"", "\"is_rege\\u0078\""),
        PAGE.replace("\"is_regex\":", "\"is_regex\" :"),
        PAGE.replace("\"id\"", "\"ID\""),
        page("{\"id\":\"a\"}"),
        page("{\"created_at\":\"2026-03-04T05:06:07Z\"}"),
        page("{\"id\":\"..\",\"created_at\":\"2026-03-04T05:06:07Z\"}"),
        page("{\"id\":7,\"created_at\":\"2026-03-04T05:06:07Z\"}"),
        page("{\"id\":null,\"created_at\":\"2026-03-04T05:06:07Z\"}"),
        page("{\"id\":\"a\",\"created_at\":null}"),
        page("{\"id\":\"a\",\"created_at\":\"2026-02-29T05:06:07Z\"}"),
        page("{\"id\":\"a\",\"created_at\":\"2026-02-2\\u0038T05:06:07Z\"}"),
        page("null"),
        page("[" + POLICY + "]"),
        withText("\\ud83d"),
        withText("\\udc00\\ud83d"),
        withText("\\ud83dx\\udc00"),
        withText("\\ud83d\\n"),
        withText("\\u12"),
        withText("\\u00g0"),
        withText("\\x"),
        withText("\\"),
        withText("\\ufffd"),
        withText("\ufffd"),
        withText("a\nb"),
        withText("a\u0000b"));
  }

  @Test
  void aLineIsReadIfItIsAPolicyAndNothingElse() {
    byte[] page = PAGE.getBytes(UTF_8);
    Envelope<PageBody> byJackson = JacksonResponseParser.readPage(page, 0, page.length);
    AllowPolicy policy = byJackson.result().policies().get(0);

    assertThat(lines(POLICY)).containsExactly(policy);
    assertThat(lines(POLICY + "\n" + POLICY + "\r\n" + POLICY + "\n"))
        .containsExactly(policy, policy, policy);
    assertThat(lines(POLICY + "\n" + POLICY + ",\n" + POLICY)).containsExactly(policy);
    assertThat(lines(POLICY + "\n\n" + POLICY)).containsExactly(policy);
    assertThat(lines(POLICY.replace(",", ", "))).containsExactly(policy);
    assertThat(lines(POLICY.replace(",", ",\n"))).isEmpty();
    assertThat(lines(POLICY.replace(",", ",\r"))).isEmpty();
    assertThat(lines(POLICY + POLICY)).isEmpty();
    assertThat(lines(POLICY + "\r")).isEmpty();
    assertThat(lines(" " + POLICY)).isEmpty();
    assertThat(lines(POLICY.substring(0, POLICY.length() - 1))).isEmpty();
    assertThat(lines("")).isEmpty();
    assertThat(lines("{}\n")).isEmpty();
  }

  /** Reads lines as far as it can; what stands around them must not be looked at. */
  private static List<AllowPolicy> lines(String text) {
    byte[] within = ("{}" + text + "}").getBytes(UTF_8);
    FastPageReader reader = FastPageReader.ofLines(within, 2, within.length - 3);
    List<AllowPolicy> policies = new ArrayList<>();
    int position = reader.position();
    for (AllowPolicy next = reader.nextLine(); next != null; next = reader.nextLine()) {
      policies.add(next);
      position = reader.position();
    }
    assertThat(reader.position()).isEqualTo(position);
    return policies;
  }

  private static String withText(String json) {
    return page(
        "{\"id\":\"a\",\"created_at\":\"2026-03-04T05:06:07Z\",\"comments\":\"" + json + "\"}");
  }

  @Test
  @SuppressWarnings("deprecation")
  void aTimeThatIsSaidAgainIsOneObject() {
    AllowPolicy policy = read(PAGE).policies().get(0);

    assertThat(policy.lastModified()).isNotNull().isSameAs(policy.modifiedAt());
    assertThat(policy.createdAt()).isNotSameAs(policy.modifiedAt());
  }

  private static PageBody read(String page) {
    byte[] bytes = page.getBytes(UTF_8);
    Envelope<PageBody> envelope = FastPageReader.read(bytes, 0, bytes.length);
    assertThat(envelope).isNotNull();
    return envelope.result();
  }

  /** Eight bytes are looked at together, so every byte has to be tried in each of the places. */
  @Test
  void everyByteInEveryPlaceOfATextIsReadAsJacksonReadsIt() {
    for (int length = 1; length <= 20; length++) {
      tryEveryByteOfTheText(withText("x".repeat(length)), length);
      // Near the end of the page there are no eight bytes left to be looked at.
      tryEveryByteOfTheText(withTextAtTheEnd("x".repeat(length)), length);
    }
  }

  private static String withTextAtTheEnd(String json) {
    return "{\"result\":[{\"created_at\":\"2026-03-04T05:06:07Z\",\"id\":\"" + json + "\"}]}";
  }

  private static void tryEveryByteOfTheText(String page, int length) {
    byte[] bytes = page.getBytes(UTF_8);
    int text = page.indexOf("\"" + "x".repeat(length)) + 1;
    for (int at = text; at < text + length; at++) {
      tryEveryByte(bytes, at);
    }
  }

  @ParameterizedTest
  @MethodSource("aPageOfTheUsualFormIsRead")
  void everyByteInEveryPlaceOfAPageIsReadAsJacksonReadsIt(String page) {
    byte[] bytes = page.getBytes(UTF_8);
    for (int at = 0; at < bytes.length; at++) {
      tryEveryByte(bytes, at);
    }
  }

  private static void tryEveryByte(byte[] page, int at) {
    byte[] changed = page.clone();
    for (int value = 0; value < 256; value++) {
      changed[at] = (byte) value;
      TwoReaders.compare(changed, 0, changed.length);
    }
  }

  @Test
  void everyPairOfBytesInATextIsReadAsJacksonReadsIt() {
    byte[] page = withText("xxxx").getBytes(UTF_8);
    int text = withText("").indexOf("\"}]");
    for (int pair = 0; pair < 1 << 16; pair++) {
      page[text + 1] = (byte) (pair >> 8);
      page[text + 2] = (byte) pair;
      TwoReaders.compare(page, 0, page.length);
    }
  }

  @Test
  void noByteBehindThePageIsLookedAt() {
    byte[] page = PAGE.getBytes(UTF_8);
    for (int length = 0; length <= page.length; length++) {
      Verdict verdict = TwoReaders.compare(page, 0, length);
      assertThat(verdict == Verdict.READ).isEqualTo(length == page.length);
    }
    for (String behind : new String[] {"", "\"", "}", "0", " ", "]}".repeat(20)}) {
      assertThat(TwoReaders.compare(page, behind.getBytes(ISO_8859_1))).isEqualTo(Verdict.READ);
    }
  }

  /** What grows faster than the page would take hours at this size, or all the memory. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void hostilePagesCostNoMoreThanTheirSize(int kind) {
    IntFunction<String> hostile = HOSTILE.get(kind);
    byte[] small = hostile.apply(1 << 20).getBytes(UTF_8);
    byte[] large = hostile.apply(1 << 23).getBytes(UTF_8);
    TwoReaders.compare(large, 0, large.length);

    // Twice over, so that what is set up once does not count.
    allocated(small);
    long floor = 1 << 16;
    assertThat(allocated(large)).isLessThan(9 * Math.max(floor, allocated(small)));
  }

  private static final List<IntFunction<String>> HOSTILE =
      List.of(
          size -> "[".repeat(size),
          size -> "{\"result\":".repeat(size / 10),
          size -> " ".repeat(size) + PAGE,
          size -> page(("{\"id\":\"" + "\\u0061".repeat(size / 6))),
          size -> withText("\\n".repeat(size / 2)),
          size -> withText("é".repeat(size / 2)),
          size -> withText("a".repeat(size)),
          size -> page("{" + "\"is_spoof\":null,".repeat(size / 16)),
          size -> page("{\"id\":\"a\",\"created_at\":\"" + "2".repeat(size) + "\"}"),
          size ->
              page(
                  String.join(
                      ",",
                      Collections.nCopies(
                          size / 48, "{\"created_at\":\"2026-03-04T05:06:07Z\",\"id\":\"a\"}"))));

  private static long allocated(byte[] page) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    FastPageReader.read(page, 0, page.length);
    return threads.getThreadAllocatedBytes(thread) - before;
  }

  private static Verdict compare(String page) {
    return TwoReaders.compare(page.getBytes(UTF_8), 0, page.getBytes(UTF_8).length);
  }
}

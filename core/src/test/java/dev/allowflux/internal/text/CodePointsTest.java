package dev.allowflux.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodePointsTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 0x1f, 0x7f, 0x80, 0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200f, 0x2028,
        0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0x2800, 0x3164, 0xd800, 0xe000, 0xfe0f,
        0xfeff, 0xffa0, 0xffff, 0xe0041, 0xe0100, 0xf0000, 0x10ffff
      })
  void theseAreNotVisible(int codePoint) {
    assertThat(CodePoints.isVisible(codePoint)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {'!', '~', 0xa1, 0xfc, 0x4f8b, 0x5d0, 0x1f600, 0xfffd})
  void theseAreVisible(int codePoint) {
    assertThat(CodePoints.isVisible(codePoint)).isTrue();
    assertThat(CodePoints.isBlank(codePoint)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {'\t', '\n', 0xb, '\f', '\r', ' ', 0x85, 0xa0, 0x1680, 0x2003, 0x2028, 0x202f, 0x3000})
  void theseAreBlank(int codePoint) {
    assertThat(CodePoints.isBlank(codePoint)).isTrue();
  }

  @Test
  void aNameSaysNumberAndMeaning() {
    assertThat(CodePoints.name(0x202e)).isEqualTo("U+202E RIGHT-TO-LEFT OVERRIDE");
    assertThat(CodePoints.name('a')).isEqualTo("U+0061 LATIN SMALL LETTER A");
    assertThat(CodePoints.name(0xe000)).isEqualTo("U+E000");
    assertThat(CodePoints.name(0xd800)).isEqualTo("U+D800");
    assertThat(CodePoints.name(0x10ffff)).isEqualTo("U+10FFFF");
  }

  @Test
  void theFirstUnpairedSurrogateIsFound() {
    assertThat(CodePoints.unpairedSurrogate("a😀b")).isEqualTo(-1);
    assertThat(CodePoints.unpairedSurrogate("😀\ud83d")).isEqualTo(2);
    assertThat(CodePoints.unpairedSurrogate("\ude00\ud83d")).isZero();
    assertThat(CodePoints.unpairedSurrogate("\ud83d\ud83d\ude00")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "boats, -1",
    "b\u0430ats, 1",
    "\u0431oats, 0",
    "例えtower, -1",
    "例eㄅ, -1",
    "例e한, -1",
    "カㄅ, 1",
    "한カ, 1",
    "αβг, 2",
    "12-例, -1",
    "1\u0661, 1",
    "कि\u0301, -1"
  })
  void aMixtureOfScriptsIsFoundAtItsFirstStranger(String word, int index) {
    assertThat(Scripts.mixture(word)).isEqualTo(index);
  }
}

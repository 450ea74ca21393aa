package dev.allowflux.sync.internal.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases after the test data that comes with the list. */
class PublicSuffixListTest {
  private final PublicSuffixList list = PublicSuffixList.get();

  @ParameterizedTest
  @CsvSource({
    "com,",
    "example.com, example.com",
    "b.example.com, example.com",
    "uk.com,",
    "example.uk.com, example.uk.com",
    "test.ac, test.ac",
    "jp,",
    "test.jp, test.jp",
    "www.test.jp, test.jp",
    "ac.jp,",
    "test.ac.jp, test.ac.jp",
    "kyoto.jp,",
    "test.kyoto.jp, test.kyoto.jp",
    "ide.kyoto.jp,",
    "b.ide.kyoto.jp, b.ide.kyoto.jp",
    "c.kobe.jp,",
    "b.c.kobe.jp, b.c.kobe.jp",
    "city.kobe.jp, city.kobe.jp",
    "www.city.kobe.jp, city.kobe.jp",
    "ck,",
    "test.ck,",
    "b.test.ck, b.test.ck",
    "www.ck, www.ck",
    "k12.ak.us,",
    "b.test.k12.ak.us, test.k12.ak.us",
    "example.unheardof, example.unheardof",
    "xn--55qx5d.cn,",
    "xn--85x722f.xn--55qx5d.cn, xn--85x722f.xn--55qx5d.cn"
  })
  void registrableDomains(String name, @Nullable String domain) {
    assertThat(list.registrable(name)).isEqualTo(domain);
  }

  @Test
  void nationalNamesCountOnlyUnderRegistries() {
    assertThat(list.isIcannSuffix("co.jp")).isTrue();
    assertThat(list.isIcannSuffix("xn--p1ai")).isTrue();
    assertThat(list.isIcannSuffix("github.io")).isFalse();
    assertThat(list.isIcannSuffix("example.com")).isFalse();
  }
}

package dev.allowflux.sync.internal.exposure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Public Suffix List with its private section, read on first use from the copy in this module,
 * and the domains of services that give each customer a name of its own.
 *
 * <p>Names are in lower case and in A-labels. A name under no rule has its last label as suffix.
 */
final class PublicSuffixList {
  static final String RESOURCE = "public_suffix_list.dat";

  private static final String PRIVATE_SECTION = "===BEGIN PRIVATE DOMAINS===";

  private final Node root = new Node();
  private List<String> reversedTopLevels = List.of();

  private PublicSuffixList() {}

  static PublicSuffixList get() {
    return Holder.INSTANCE;
  }

  /** Returns the public suffix and one label more; null if the name is itself a public suffix. */
  @Nullable String registrable(String name) {
    int suffix = suffixStart(name);
    return suffix == 0 ? null : name.substring(name.lastIndexOf('.', suffix - 2) + 1);
  }

  /** Tells whether registries hand out names under this one to anybody. */
  boolean isIcannSuffix(String name) {
    Node node = node(name);
    if (node != null) {
      return node.rule && node.icann;
    }
    int dot = name.indexOf('.');
    Node parent = dot < 0 ? null : node(name.substring(dot + 1));
    Node any = parent == null ? null : parent.children.get("*");
    return any == null ? dot < 0 : any.icann;
  }

  /** Returns the top-level domains, each read from its end, sorted. */
  List<String> reversedTopLevels() {
    return reversedTopLevels;
  }

  /** Returns the labels under the name that rules speak of; "*" stands for any. */
  Set<String> labelsUnder(String name) {
    Node node = node(name);
    return node == null ? Set.of() : node.children.keySet();
  }

  private @Nullable Node node(String name) {
    String[] labels = name.split("\\.", -1);
    Node node = root;
    for (int i = labels.length - 1; i >= 0 && node != null; i--) {
      node = node.children.get(labels[i]);
    }
    return node;
  }

  /** Returns where the public suffix begins: at 0 if all of the name is one. */
  private int suffixStart(String name) {
    int longest = name.lastIndexOf('.') + 1;
    Node node = root;
    int end = name.length();
    while (true) {
      int start = name.lastIndexOf('.', end - 1) + 1;
      Node child = node.children.get(name.substring(start, end));
      if (child != null && child.exception) {
        return end + 1;
      }
      if ((child != null && child.rule) || node.children.containsKey("*")) {
        longest = start;
      }
      if (child == null || start == 0) {
        return longest;
      }
      node = child;
      end = start - 1;
    }
  }

  private void add(String rule, boolean icann) {
    boolean exception = rule.startsWith("!");
    String name = DomainNames.toAscii(exception ? rule.substring(1) : rule);
    String[] labels = name.split("\\.", -1);
    Node node = root;
    for (int i = labels.length - 1; i >= 0; i--) {
      node = node.child(labels[i]);
    }
    node.rule = !exception;
    node.exception = exception;
    node.icann = icann;
  }

  private static PublicSuffixList read() {
    PublicSuffixList list = new PublicSuffixList();
    try (InputStream in = PublicSuffixList.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from this module");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      boolean icann = true;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        icann &= !line.contains(PRIVATE_SECTION);
        String rule = line.strip();
        if (!rule.isEmpty() && !rule.startsWith("//")) {
          list.add(rule, icann);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    KnownDomains.SHARED_SENDERS.customerSuffixes().forEach(suffix -> list.add(suffix, false));
    list.reversedTopLevels =
        list.root.children.keySet().stream()
            .map(label -> new StringBuilder(label).reverse().toString())
            .sorted()
            .toList();
    return list;
  }

  private static final class Holder {
    static final PublicSuffixList INSTANCE = read();
  }

  private static final class Node {
    private Map<String, Node> children = Collections.emptyMap();
    private boolean rule;
    private boolean exception;
    private boolean icann;

    Node child(String label) {
      if (children.isEmpty()) {
        children = new HashMap<>(4);
      }
      return children.computeIfAbsent(label, key -> new Node());
    }
  }
}

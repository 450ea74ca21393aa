package dev.allowflux.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;

/**
 * A document in Markdown.
 *
 * @param file its place, from the root of the sources, with slashes
 * @param root its content
 */
record Document(String file, Node root) {
  static final String FRONT = "docs/index.md";

  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  static Document read(Path sources, String file) throws IOException {
    return new Document(file, PARSER.parse(Files.readString(sources.resolve(file))));
  }

  /** Returns where its page stands in the site: the folder of the documents is the root there. */
  String page() {
    return pageOf(file);
  }

  static String pageOf(String file) {
    String name = file.startsWith("docs/") ? file.substring("docs/".length()) : file;
    return name.replaceFirst("\\.md$", ".html").toLowerCase(Locale.ROOT);
  }

  /** Returns the text of its first heading. */
  String title() {
    for (Node node = root.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading) {
        return text(heading);
      }
    }
    throw new IllegalArgumentException(file + " has no heading");
  }

  /** Returns the target of a link in it, from the root of the sources, without an anchor. */
  String resolve(String target) {
    Path folder = Path.of("/" + file).resolveSibling("");
    String path = target.replaceFirst("#.*$", "");
    String resolved = folder.resolve(path).normalize().toString().substring(1);
    return path.isEmpty() ? file : resolved;
  }

  /** Returns the text below a node, without marks. */
  static String text(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(new PlainText(text));
    return text.toString();
  }
}

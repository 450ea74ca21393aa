package dev.allowflux.site;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.node.Block;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;

/**
 * What the search of a page reads: each section of each page with its text. It is a script, since
 * browsers let no page of a folder read another file.
 */
final class SearchIndex {
  private final List<String> entries = new ArrayList<>();

  void add(Document document, PageRenderer page) {
    String title = document.title();
    String address = document.page();
    String heading = title;
    StringBuilder text = new StringBuilder();
    for (Node node = document.root().getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading next) {
        put(address, title, heading, text);
        text.setLength(0);
        heading = Document.text(next);
        address = document.page() + "#" + page.anchor(next);
      } else {
        append(node, text);
      }
    }
    put(address, title, heading, text);
  }

  private void put(String address, String title, String heading, CharSequence text) {
    if (!text.toString().isBlank()) {
      entries.add(
          "["
              + quoted(address)
              + ","
              + quoted(title)
              + ","
              + quoted(heading)
              + ","
              + quoted(text.toString().strip().replaceAll("\\s+", " "))
              + "]");
    }
  }

  private static void append(Node node, StringBuilder text) {
    node.accept(
        new PlainText(text) {
          @Override
          public void visit(FencedCodeBlock part) {
            text.append(' ').append(part.getLiteral());
          }

          @Override
          protected void visitChildren(Node parent) {
            super.visitChildren(parent);
            if (parent instanceof Block || parent instanceof TableCell) {
              text.append(' ');
            }
          }
        });
  }

  /** Returns the script. */
  String script() {
    return "window.searchIndex = [\n" + String.join(",\n", entries) + "\n];\n";
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '<' -> quoted.append("\\u003c");
        default -> quoted.append(c < ' ' ? ' ' : c);
      }
    }
    return quoted.append('"').toString();
  }
}

package dev.allowflux.site;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.HtmlRenderer;

/** Makes the content of a page: headings with the anchors that links name, links to pages. */
final class PageRenderer {
  private final Map<Node, String> anchors = new HashMap<>();
  private final HtmlRenderer renderer =
      HtmlRenderer.builder()
          .extensions(List.of(TablesExtension.create()))
          .attributeProviderFactory(
              context ->
                  (node, tag, attributes) -> {
                    String anchor = anchors.get(node);
                    if (anchor != null) {
                      attributes.put("id", anchor);
                    }
                    if (tag.equals("pre")) {
                      // A scroll of its own is reached by the keyboard, too.
                      attributes.put("tabindex", "0");
                    }
                  })
          .build();

  /**
   * Prepares a document.
   *
   * @param links from the target of a link in the document to the target on the page
   */
  PageRenderer(Document document, Function<String, String> links) {
    IdGenerator generator = IdGenerator.builder().build();
    document
        .root()
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Heading heading) {
                anchors.put(heading, generator.generateId(Document.text(heading)));
                super.visit(heading);
              }

              @Override
              public void visit(Link link) {
                link.setDestination(links.apply(link.getDestination()));
                super.visit(link);
              }

              @Override
              public void visit(Image image) {
                image.setDestination(links.apply(image.getDestination()));
                super.visit(image);
              }

              @Override
              public void visit(CustomBlock block) {
                super.visit(block);
                if (block instanceof TableBlock) {
                  // Wide tables scroll by themselves, so that the page does not.
                  block.insertBefore(html("<div class=\"table\" tabindex=\"0\">"));
                  block.insertAfter(html("</div>"));
                }
              }
            });
  }

  private static HtmlBlock html(String text) {
    HtmlBlock block = new HtmlBlock();
    block.setLiteral(text);
    return block;
  }

  /** Returns the anchor of a heading. */
  String anchor(Heading heading) {
    return anchors.getOrDefault(heading, "");
  }

  String render(Document document) {
    return renderer.render(document.root());
  }
}

package dev.allowflux.site;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;

/**
 * What stands beside every page: the sections of the front page that hold a list of pages.
 *
 * @param sections in the order of the front page
 */
record Contents(List<Section> sections) {

  /**
   * A heading and the pages below it.
   *
   * @param title the text of the heading
   * @param entries the pages
   */
  record Section(String title, List<Entry> entries) {}

  /**
   * A page that is listed.
   *
   * @param title the text of the link
   * @param file the document, from the root of the sources
   */
  record Entry(String title, String file) {}

  /**
   * Reads the headings of the second level, and the links to whole documents below them. What is
   * listed nowhere comes last in the first section, so that no page is lost.
   */
  static Contents of(Document front, Collection<Document> documents) {
    List<Section> sections = new ArrayList<>();
    for (Node node = front.root().getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading && heading.getLevel() == 2) {
        sections.add(new Section(Document.text(heading), new ArrayList<>()));
      } else if (!sections.isEmpty()) {
        List<Entry> entries = sections.get(sections.size() - 1).entries();
        node.accept(
            new AbstractVisitor() {
              @Override
              public void visit(Link link) {
                String target = link.getDestination();
                if (!target.contains("#") && !target.contains(":")) {
                  entries.add(new Entry(Document.text(link), front.resolve(target)));
                }
              }
            });
      }
    }
    sections.removeIf(section -> section.entries().isEmpty());
    Set<String> listed = new HashSet<>(Set.of(front.file()));
    sections.forEach(section -> section.entries().forEach(entry -> listed.add(entry.file())));
    for (Document document : documents) {
      if (!sections.isEmpty() && listed.add(document.file())) {
        sections.get(0).entries().add(new Entry(document.title(), document.file()));
      }
    }
    return new Contents(List.copyOf(sections));
  }
}

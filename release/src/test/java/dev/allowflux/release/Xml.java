package dev.allowflux.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** An element of a document that the build wrote. */
record Xml(Element element) {

  static Xml read(Path file) throws IOException {
    try {
      return new Xml(
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement());
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Returns the elements that a path of names leads to. */
  List<Xml> children(String... path) {
    List<Xml> found = List.of(this);
    for (String name : path) {
      List<Xml> next = new ArrayList<>();
      for (Xml parent : found) {
        for (Node node = parent.element.getFirstChild();
            node != null;
            node = node.getNextSibling()) {
          if (node instanceof Element child && child.getTagName().equals(name)) {
            next.add(new Xml(child));
          }
        }
      }
      found = next;
    }
    return found;
  }

  /** Returns the texts of the elements that a path of names leads to. */
  List<String> texts(String... path) {
    return children(path).stream().map(child -> child.element.getTextContent().strip()).toList();
  }

  /** Returns the text of the only element that a path of names leads to. */
  String text(String... path) {
    List<String> texts = texts(path);
    if (texts.size() != 1) {
      throw new AssertionError(
          "there are " + texts.size() + " of " + String.join("/", path) + " in " + element);
    }
    return texts.get(0);
  }
}

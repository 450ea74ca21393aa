package dev.allowflux.site;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;

/**
 * Writes the site: a page for each document, one script to search in, style and no address of any
 * other server that a browser would read. The Javadoc of all modules is linked if it stands in the
 * folder {@code api} of the site already.
 */
public final class SiteWriter {
  private static final Set<String> ASSETS = Set.of("style.css", "search.js");

  private final Path sources;
  private final Path site;
  private final Map<String, Document> documents = new TreeMap<>();
  private final Set<String> images = new TreeSet<>();
  private final String template = resource("page.html");

  private SiteWriter(Path sources, Path site) throws IOException {
    this.sources = sources;
    this.site = site;
  }

  /**
   * Writes the site.
   *
   * @param args the root of the sources, and the folder of the site
   * @throws IOException if a file cannot be read or written, or a link leads nowhere
   */
  public static void main(String... args) throws IOException {
    new SiteWriter(Path.of(args[0]), Path.of(args[1])).write();
  }

  private void write() throws IOException {
    for (String file : files()) {
      documents.put(file, Document.read(sources, file));
    }
    Document front = documents.get(Document.FRONT);
    if (front == null) {
      throw new IOException("there is no " + Document.FRONT);
    }
    Contents contents = Contents.of(front, documents.values());
    SearchIndex index = new SearchIndex();
    for (Document document : documents.values()) {
      collectImages(document);
      PageRenderer page = new PageRenderer(document, target -> link(document, target));
      index.add(document, page);
      write(document.page(), page(document, page, contents));
    }
    write("search-index.js", index.script());
    for (String asset : ASSETS) {
      write(asset, resource(asset));
    }
    for (String image : images) {
      Path copy = site.resolve(Document.pageOf(image));
      Files.createDirectories(copy.toAbsolutePath().getParent());
      Files.write(copy, Files.readAllBytes(sources.resolve(image)));
    }
  }

  /** The documents that a reader has use for: those below docs, and at the root all but one. */
  private Set<String> files() throws IOException {
    Set<String> files = new TreeSet<>();
    try (Stream<Path> top = Files.list(sources);
        Stream<Path> docs = Files.walk(sources.resolve("docs"), 2);
        Stream<Path> results = Files.list(sources.resolve("benchmarks/results"))) {
      Stream.of(top, docs, results)
          .flatMap(all -> all)
          .map(file -> sources.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".md") && !file.equals("README.md"))
          .forEach(files::add);
    }
    return files;
  }

  private void collectImages(Document document) {
    document
        .root()
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Image image) {
                images.add(document.resolve(image.getDestination()));
              }
            });
  }

  /** Returns the target on a page of a link in its document. */
  private String link(Document from, String target) {
    if (target.contains("://") || target.startsWith("mailto:")) {
      return target;
    }
    String file = from.resolve(target);
    if (file.equals("README.md")) {
      file = Document.FRONT;
    } else if (file.equals("docs/decisions")) {
      return relative(from, "index.html") + "#decisions";
    }
    String anchor = target.contains("#") ? target.substring(target.indexOf('#')) : "";
    if (documents.containsKey(file) || images.contains(file)) {
      return relative(from, Document.pageOf(file)) + anchor;
    }
    if (Files.isRegularFile(sources.resolve(file))) {
      // Such as the licence, which has no page.
      images.add(file);
      return relative(from, Document.pageOf(file));
    }
    throw new IllegalArgumentException(from.file() + " links to " + target + ", which is no file");
  }

  private static String relative(Document from, String page) {
    return "../".repeat((int) from.page().chars().filter(c -> c == '/').count()) + page;
  }

  private String page(Document document, PageRenderer page, Contents contents) {
    return template
        .replace("{title}", escaped(document.title()))
        .replace("{root}", relative(document, ""))
        .replace("{contents}", contents(document, contents))
        .replace("{content}", page.render(document));
  }

  private String contents(Document document, Contents contents) {
    StringBuilder html = new StringBuilder();
    for (Contents.Section section : contents.sections()) {
      html.append("<h2>").append(escaped(section.title())).append("</h2>\n<ul>\n");
      for (Contents.Entry entry : section.entries()) {
        html.append("<li><a href=\"")
            .append(relative(document, Document.pageOf(entry.file())))
            .append(entry.file().equals(document.file()) ? "\" aria-current=\"page\">" : "\">")
            .append(escaped(entry.title()))
            .append("</a></li>\n");
      }
      html.append("</ul>\n");
    }
    if (Files.exists(site.resolve("api/index.html"))) {
      html.append("<h2>Java</h2>\n<ul>\n<li><a href=\"")
          .append(relative(document, "api/index.html"))
          .append("\">Javadoc of all modules</a></li>\n</ul>\n");
    }
    return html.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private void write(String name, String text) throws IOException {
    Path file = site.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SiteWriter.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("there is no " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}

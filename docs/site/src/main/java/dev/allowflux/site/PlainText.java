package dev.allowflux.site;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;

/** Collects the text below a node, without marks. */
class PlainText extends AbstractVisitor {
  final StringBuilder text;

  PlainText(StringBuilder text) {
    this.text = text;
  }

  @Override
  public void visit(Text part) {
    text.append(part.getLiteral());
  }

  @Override
  public void visit(Code part) {
    text.append(part.getLiteral());
  }

  @Override
  public void visit(SoftLineBreak part) {
    text.append(' ');
  }

  @Override
  public void visit(HardLineBreak part) {
    text.append(' ');
  }
}

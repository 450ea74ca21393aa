package dev.allowflux.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart of horizontal bars, as SVG that can be read on a light and on a dark background. */
final class BarChart {
  private static final int WIDTH = 760;
  private static final int LABELS = 270;
  private static final int BAR_AREA = 340;
  private static final int ROW = 28;
  private static final int TOP = 58;

  private final String title;
  private final String subtitle;
  private final List<Bar> bars = new ArrayList<>();

  BarChart(String title, String subtitle) {
    this.title = title;
    this.subtitle = subtitle;
  }

  /**
   * A bar from zero.
   *
   * @param text the figure as it is written behind the bar
   * @param own whether it is this library's
   */
  private record Bar(String label, Spread value, String text, boolean own) {}

  void add(String label, Spread value, String text, boolean own) {
    bars.add(new Bar(label, value, text, own));
  }

  String svg() {
    double longest = bars.stream().mapToDouble(bar -> bar.value.max()).max().orElse(1);
    int height = TOP + bars.size() * ROW + 12;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f }
            .title { font-size: 15px; font-weight: 600 }
            .small { font-size: 11px; fill: #6e7781 }
            .peer { fill: #8c959f }
            .own { fill: #1a7f4b }
            .range { stroke: #24292f; stroke-width: 1.5 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 }
              .small { fill: #9198a1 }
              .own { fill: #3fb950 }
              .range { stroke: #e6edf3 }
              .page { fill: #0d1117 }
            }
            </style>
            <rect class="page" width="100%%" height="100%%" fill="#ffffff"/>
            <text class="title" x="12" y="24">%s</text>
            <text class="small" x="12" y="42">%s; the line goes from the fastest round to the \
            slowest</text>
            """,
            WIDTH,
            height,
            escaped(title),
            escaped(title),
            escaped(subtitle)));
    for (int i = 0; i < bars.size(); i++) {
      append(svg, bars.get(i), TOP + i * ROW, longest);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void append(StringBuilder svg, Bar bar, int top, double longest) {
    double scale = BAR_AREA / longest;
    int middle = top + ROW / 2;
    svg.append(
        String.format(
            Locale.ROOT,
            """
            <text x="%d" y="%d" text-anchor="end">%s</text>
            <rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>
            <line class="range" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>
            <text x="%.1f" y="%d">%s</text>
            """,
            LABELS - 8,
            middle + 4,
            escaped(bar.label),
            bar.own ? "own" : "peer",
            LABELS,
            top + 5,
            Math.max(1, bar.value.median() * scale),
            ROW - 10,
            LABELS + bar.value.min() * scale,
            middle,
            LABELS + bar.value.max() * scale,
            middle,
            LABELS + Math.max(bar.value.median(), bar.value.max()) * scale + 8,
            middle + 4,
            escaped(bar.text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}

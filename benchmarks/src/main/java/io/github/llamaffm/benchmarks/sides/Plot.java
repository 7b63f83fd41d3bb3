package io.github.llamaffm.benchmarks.sides;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Medians with their intervals round 1, as SVG: a row for each, and the noise of the peer as a grey band behind it. */
final class Plot {

    private static final int ROW = 26;
    private static final int LABELS = 300;
    private static final int WIDTH = 460;
    private static final int TOP = 44;

    private final List<Row> rows = new ArrayList<>();
    private final String title;

    private record Row(String label, Estimate ratio, Optional<Interval> noise) {}

    Plot(String title) {
        this.title = title;
    }

    Plot add(String label, Estimate ratio, Optional<Interval> noise) {
        rows.add(new Row(label, ratio, noise));
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    String svg() {
        double low = 0.95;
        double high = 1.05;
        for (Row row : rows) {
            low = Math.min(low, row.ratio.interval().map(Interval::low).orElse(row.ratio.median()));
            high = Math.max(high, row.ratio.interval().map(Interval::high).orElse(row.ratio.median()));
        }
        int height = TOP + ROW * rows.size() + 24;
        StringBuilder svg = new StringBuilder(format("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="8" y="20" font-size="14">%s</text>
                """, LABELS + WIDTH + 20, height, escape(title)));
        for (double tick : new double[] {low, 1, high}) {
            double x = x(tick, low, high);
            svg.append(format("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>%n", x, TOP - 8, x, height - 20,
                    tick == 1 ? "#444" : "#ddd"));
            svg.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>%n", x, height - 6, tick));
        }
        for (int i = 0; i < rows.size(); i++) {
            append(svg, rows.get(i), TOP + ROW * i + ROW / 2, low, high);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void append(StringBuilder svg, Row row, int y, double low, double high) {
        svg.append(format("<text x=\"8\" y=\"%d\">%s</text>%n", y + 4, escape(row.label)));
        row.noise.ifPresent(noise -> {
            double from = x(Math.max(low, noise.low()), low, high);
            double to = x(Math.min(high, noise.high()), low, high);
            svg.append(format("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"#e4e4e4\"/>%n", from, y - 7,
                    Math.max(0, to - from)));
        });
        row.ratio.interval().ifPresent(interval -> svg.append(format(
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#1f6feb\" stroke-width=\"3\"/>%n",
                x(interval.low(), low, high), y, x(interval.high(), low, high), y)));
        svg.append(format("<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"#1f6feb\"/>%n", x(row.ratio.median(), low, high), y));
    }

    private static double x(double value, double low, double high) {
        return LABELS + (value - low) / (high - low) * WIDTH;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}

package io.github.llamaffm.benchmarks.sides;

/** From {@code low} to {@code high}, both included. */
public record Interval(double low, double high) {

    public double width() {
        return high - low;
    }
}

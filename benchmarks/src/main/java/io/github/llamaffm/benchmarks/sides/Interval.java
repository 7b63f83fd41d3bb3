package io.github.llamaffm.benchmarks.sides;

/** From {@code low} to {@code high}, both included. */
record Interval(double low, double high) {

    double width() {
        return high - low;
    }
}

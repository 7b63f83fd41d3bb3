package io.github.llamaffm.fuzz;

/**
 * A straight line through measured values, by least squares.
 *
 * @param perStep how much they grow
 * @param margin  half of the interval of 95 % confidence, with normal errors
 */
record Slope(double perStep, double margin) {

    static Slope of(double[] x, double[] y) {
        int n = x.length;
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < n; i++) {
            meanX += x[i] / n;
            meanY += y[i] / n;
        }
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < n; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = xy / xx;
        double rest = 0;
        for (int i = 0; i < n; i++) {
            double error = y[i] - meanY - slope * (x[i] - meanX);
            rest += error * error;
        }
        return new Slope(slope, n > 2 ? 1.96 * Math.sqrt(rest / (n - 2) / xx) : Double.POSITIVE_INFINITY);
    }
}

package io.github.llamaffm.leaks;

import java.util.Arrays;

/**
 * A line through points: the slope of Theil and Sen, the median of the slopes between each two points, which a few outliers do
 * not move, with Sen's interval of 95 % (M. Hollander, D. A. Wolfe, Nonparametric Statistical Methods, section 9.3).
 */
record Trend(double slope, double low, double high) {

    private static final double Z = 1.96;

    static Trend of(double[] x, double[] y) {
        int n = x.length;
        double[] slopes = new double[n * (n - 1) / 2];
        int count = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[count++] = (y[j] - y[i]) / (x[j] - x[i]);
            }
        }
        Arrays.sort(slopes);
        double width = Z * Math.sqrt(n * (n - 1) * (2 * n + 5) / 18.0);
        int low = (int) Math.max(0, Math.floor((count - width) / 2));
        int high = (int) Math.min(count - 1, Math.ceil((count + width) / 2));
        return new Trend((slopes[(count - 1) / 2] + slopes[count / 2]) / 2, slopes[low], slopes[high]);
    }
}

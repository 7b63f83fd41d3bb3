package io.github.llamaffm.support;

/** How near two vectors are. */
public final class Vectors {
    private Vectors() {
    }

    /** 1 where they point into the same direction. */
    public static double cosine(float[] a, float[] b) {
        double product = 0;
        double squaresOfA = 0;
        double squaresOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresOfA += (double) a[i] * a[i];
            squaresOfB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresOfA * squaresOfB);
    }
}

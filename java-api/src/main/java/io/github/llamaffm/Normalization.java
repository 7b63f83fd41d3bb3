package io.github.llamaffm;

/** How the length of an embedding is made equal for all texts. The values of {@code --embd-normalize} of llama.cpp's tools. */
public enum Normalization {
    /** As the model made it. */
    NONE,
    /** Divided by the greatest absolute value and multiplied by 32,760: fits 16-bit integers. */
    MAX_ABS,
    /** Divided by the sum of absolute values. */
    L1,
    /** Divided by the Euclidean length: then the dot product of two embeddings is their cosine similarity. */
    L2;

    private static final double INT16_RANGE = 32760.0;

    /** In place, with the arithmetic of {@code common_embd_normalize}; a vector of zeros stays one. */
    void apply(float[] vector) {
        double length = switch (this) {
            case NONE -> 1;
            case MAX_ABS -> greatest(vector) / INT16_RANGE;
            case L1 -> sumOfAbsolutes(vector);
            case L2 -> Math.sqrt(sumOfSquares(vector));
        };
        float factor = length > 0 ? (float) (1 / length) : 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }

    private static double greatest(float[] vector) {
        double greatest = 0;
        for (float value : vector) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    private static double sumOfAbsolutes(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += Math.abs(value);
        }
        return sum;
    }

    private static double sumOfSquares(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += value * value;
        }
        return sum;
    }
}

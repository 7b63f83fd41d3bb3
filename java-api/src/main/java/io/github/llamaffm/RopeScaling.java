package io.github.llamaffm;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How positions are stretched beyond the length that the model was trained with. What is empty stays as the model says.
 *
 * @param type how they are stretched
 * @param frequencyBase of the rotation, greater than 0
 * @param frequencyScale factor of each position, greater than 0: 0.5 doubles the length
 * @param yarnOriginalContext tokens that the model was trained with, for {@link Type#YARN}
 * @param yarnExtrapolation from 0, interpolation only, to 1
 * @param yarnAttention factor of the attention's magnitude
 * @param yarnBetaFast where full extrapolation begins
 * @param yarnBetaSlow where full interpolation begins
 */
public record RopeScaling(
        Type type,
        OptionalDouble frequencyBase,
        OptionalDouble frequencyScale,
        OptionalInt yarnOriginalContext,
        OptionalDouble yarnExtrapolation,
        OptionalDouble yarnAttention,
        OptionalDouble yarnBetaFast,
        OptionalDouble yarnBetaSlow) {

    private static final RopeScaling MODEL = builder().build();

    /** The values of {@code enum llama_rope_scaling_type}. */
    public enum Type {
        /** As the model says. */
        MODEL,
        /** Not at all. */
        NONE,
        /** Each position is multiplied. */
        LINEAR,
        /** High frequencies stay, low ones are stretched. */
        YARN,
        /** With the factors of the model's own table. */
        LONGROPE
    }

    /** Checks the values. */
    public RopeScaling {
        frequencyBase.ifPresent(base -> Check.range("frequencyBase", (float) base, Float.MIN_VALUE, Float.MAX_VALUE));
        frequencyScale.ifPresent(scale -> Check.range("frequencyScale", (float) scale, Float.MIN_VALUE, Float.MAX_VALUE));
        yarnOriginalContext.ifPresent(tokens -> Check.range("yarnOriginalContext", tokens, 1, Integer.MAX_VALUE));
        yarnExtrapolation.ifPresent(mix -> Check.range("yarnExtrapolation", (float) mix, 0, 1));
        yarnAttention.ifPresent(factor -> Check.range("yarnAttention", (float) factor, 0, Float.MAX_VALUE));
        yarnBetaFast.ifPresent(beta -> Check.range("yarnBetaFast", (float) beta, 0, Float.MAX_VALUE));
        yarnBetaSlow.ifPresent(beta -> Check.range("yarnBetaSlow", (float) beta, 0, Float.MAX_VALUE));
    }

    /** Everything as the model says. */
    public static RopeScaling model() {
        return MODEL;
    }

    /** Starts from {@link #model()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link RopeScaling}. */
    public static final class Builder {

        private Type type = Type.MODEL;
        private OptionalDouble frequencyBase = OptionalDouble.empty();
        private OptionalDouble frequencyScale = OptionalDouble.empty();
        private OptionalInt yarnOriginalContext = OptionalInt.empty();
        private OptionalDouble yarnExtrapolation = OptionalDouble.empty();
        private OptionalDouble yarnAttention = OptionalDouble.empty();
        private OptionalDouble yarnBetaFast = OptionalDouble.empty();
        private OptionalDouble yarnBetaSlow = OptionalDouble.empty();

        private Builder() {}

        /** How positions are stretched. Default: as the model says. */
        public Builder type(Type value) {
            type = value;
            return this;
        }

        /** Of the rotation, greater than 0. Default: as the model says. */
        public Builder frequencyBase(double base) {
            frequencyBase = OptionalDouble.of(base);
            return this;
        }

        /** Factor of each position, greater than 0. Default: as the model says. */
        public Builder frequencyScale(double scale) {
            frequencyScale = OptionalDouble.of(scale);
            return this;
        }

        /** Tokens that the model was trained with. Default: as the model says. */
        public Builder yarnOriginalContext(int tokens) {
            yarnOriginalContext = OptionalInt.of(tokens);
            return this;
        }

        /** From 0, interpolation only, to 1. Default: as the model says. */
        public Builder yarnExtrapolation(double mix) {
            yarnExtrapolation = OptionalDouble.of(mix);
            return this;
        }

        /** Factor of the attention's magnitude. Default: as the model says. */
        public Builder yarnAttention(double factor) {
            yarnAttention = OptionalDouble.of(factor);
            return this;
        }

        /** Where full extrapolation begins. Default: as the model says. */
        public Builder yarnBetaFast(double beta) {
            yarnBetaFast = OptionalDouble.of(beta);
            return this;
        }

        /** Where full interpolation begins. Default: as the model says. */
        public Builder yarnBetaSlow(double beta) {
            yarnBetaSlow = OptionalDouble.of(beta);
            return this;
        }

        /** The scaling. */
        public RopeScaling build() {
            return new RopeScaling(type, frequencyBase, frequencyScale, yarnOriginalContext, yarnExtrapolation,
                    yarnAttention, yarnBetaFast, yarnBetaSlow);
        }
    }
}

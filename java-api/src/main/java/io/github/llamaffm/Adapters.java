package io.github.llamaffm;

import io.github.llamaffm.internal.Fingerprint;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which adapters to compute with, and how strongly. A value: it keeps nothing open. Adapters of scale 0 have no effect.
 *
 * <p>The results of two and more LoRA adapters may differ in the last bits from process to process: llama.cpp adds them in no
 * fixed order.
 *
 * @param loras LoRA adapters, each of them once
 * @param controlVectors control vectors, which add up in this order
 */
public record Adapters(List<ScaledLora> loras, List<ScaledControlVector> controlVectors) {

    private static final Adapters NONE = new Adapters(List.of(), List.of());

    /**
     * A LoRA adapter and its strength.
     *
     * @param lora the adapter
     * @param scale 1: as trained; finite, perhaps negative
     */
    public record ScaledLora(LoraAdapter lora, float scale) {
        /** Checks the scale. */
        public ScaledLora {
            Check.range("scale", scale, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
    }

    /**
     * A control vector and its strength.
     *
     * @param vector the control vector
     * @param scale 1: as made; finite, perhaps negative
     */
    public record ScaledControlVector(ControlVector vector, float scale) {
        /** Checks the scale. */
        public ScaledControlVector {
            Check.range("scale", scale, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
    }

    /** Checks that no LoRA adapter is named twice. */
    public Adapters {
        loras = List.copyOf(loras);
        controlVectors = List.copyOf(controlVectors);
        if (loras.stream().map(ScaledLora::lora).distinct().count() < loras.size()) {
            throw new IllegalArgumentException("a LoRA adapter is named twice; give it one scale");
        }
    }

    /** No adapters. */
    public static Adapters none() {
        return NONE;
    }

    /** One LoRA adapter. */
    public static Adapters of(LoraAdapter lora, float scale) {
        return NONE.and(lora, scale);
    }

    /** One control vector. */
    public static Adapters of(ControlVector vector, float scale) {
        return NONE.and(vector, scale);
    }

    /** These and a LoRA adapter. */
    public Adapters and(LoraAdapter lora, float scale) {
        return new Adapters(
                Stream.concat(loras.stream(), Stream.of(new ScaledLora(lora, scale))).toList(), controlVectors);
    }

    /** These and a control vector. */
    public Adapters and(ControlVector vector, float scale) {
        return new Adapters(loras,
                Stream.concat(controlVectors.stream(), Stream.of(new ScaledControlVector(vector, scale))).toList());
    }

    /**
     * Equal for equal use of adapters of equal content, in every process: cells computed with the same fingerprint can be used
     * together. 0: nothing has an effect. The order of LoRA adapters does not matter, that of control vectors does.
     */
    public long fingerprint() {
        String used = Stream.concat(
                        loras.stream().filter(use -> use.scale() != 0)
                                .map(use -> part("lora", use.lora().fingerprint(), use.scale())).sorted(),
                        controlVectors.stream().filter(use -> use.scale() != 0)
                                .map(use -> part("vector", use.vector().fingerprint(), use.scale())))
                .collect(Collectors.joining());
        return used.isEmpty() ? 0 : Fingerprint.of(used);
    }

    private static String part(String kind, long fingerprint, float scale) {
        return "%s %016x %08x\n".formatted(kind, fingerprint, Float.floatToIntBits(scale));
    }
}

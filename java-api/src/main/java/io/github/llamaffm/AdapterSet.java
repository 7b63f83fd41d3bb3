package io.github.llamaffm;

import java.util.ArrayList;
import java.util.List;

/**
 * {@link Adapters} as one model computes with them.
 *
 * @param fingerprint of the adapters, so that it need not be computed for each token
 * @param loras those with an effect
 * @param vector what the control vectors add up to, for every layer from 1 on; empty: none
 */
record AdapterSet(Adapters adapters, long fingerprint, List<NativeLoraAdapter> loras, float[] scales, float[] vector) {

    static final AdapterSet NONE = new AdapterSet(Adapters.none(), 0, List.of(), new float[0], new float[0]);

    /** @throws AdapterException if one does not fit the model */
    static AdapterSet of(NativeModel model, Adapters adapters) {
        long fingerprint = adapters.fingerprint();
        if (fingerprint == 0) {
            return NONE;
        }
        List<NativeLoraAdapter> loras = new ArrayList<>();
        float[] scales = new float[adapters.loras().size()];
        for (Adapters.ScaledLora use : adapters.loras()) {
            if (!(Leaks.target(use.lora()) instanceof NativeLoraAdapter lora) || lora.model() != model) {
                throw new AdapterException("a LoRA adapter of another model cannot be used; load it with this one's loadAdapter");
            }
            if (use.scale() != 0) {
                scales[loras.size()] = use.scale();
                loras.add(lora);
            }
        }
        return new AdapterSet(adapters, fingerprint, List.copyOf(loras), scales, sum(model, adapters));
    }

    private static float[] sum(NativeModel model, Adapters adapters) {
        if (adapters.controlVectors().stream().allMatch(use -> use.scale() == 0)) {
            return new float[0];
        }
        // What is left out would keep the numbers of an earlier vector.
        float[] sum = new float[(model.info().layerCount() - 1) * model.info().embeddingSize()];
        for (Adapters.ScaledControlVector use : adapters.controlVectors()) {
            use.vector().requireFits("the control vector", model.info());
            use.vector().addTo(sum, use.scale());
        }
        return sum;
    }

    /** Whether native code that is set to the other one need not be set to this: a file may have been loaded twice. */
    boolean computesAs(AdapterSet other) {
        return this == other || fingerprint == other.fingerprint && loras.equals(other.loras);
    }

    /**
     * From now on none of the LoRAs can be closed.
     *
     * @param user in the message of who tries
     * @throws IllegalStateException if one is closed
     */
    void hold(String user) {
        int held = 0;
        try {
            for (; held < loras.size(); held++) {
                loras.get(held).hold(user);
            }
        } finally {
            if (held < loras.size()) {
                loras.subList(0, held).forEach(lora -> lora.release(user));
            }
        }
    }

    void release(String user) {
        loras.forEach(lora -> lora.release(user));
    }

    @Override
    public String toString() {
        return fingerprint == 0 ? "no adapters" : "adapters %016x".formatted(fingerprint);
    }
}

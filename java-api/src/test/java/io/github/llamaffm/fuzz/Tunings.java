package io.github.llamaffm.fuzz;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;

/** LoRA adapters and control vectors. */
final class Tunings {

    private Tunings() {}

    @Operation(weight = 5)
    static void load(Player p) {
        Model model = Models.any(p);
        p.keep(Kind.LORA, model.loadAdapter(p.orNull(p.arg("path", p.run().inputs().lora(p)))), model);
    }

    @Operation(weight = 2)
    static void loadVector(Player p) {
        Model model = Models.any(p);
        p.keep(Kind.VECTOR, ControlVector.load(p.orNull(p.arg("path", p.run().inputs().vector(p))), p.orNull(model)), model);
    }

    @Operation(weight = 2, mayThrow = ArithmeticException.class)
    static void makeVector(Player p) {
        float[][] layers = new float[p.below(4)][p.one(64, 64, 64, 0, 63)];
        if (layers.length > 0 && p.mischief()) {
            layers[0] = p.orNull(new float[1]);
        }
        for (float[] layer : layers) {
            if (layer != null && layer.length > 0) {
                layer[0] = p.real(-1, 1);
            }
        }
        p.keep(Kind.VECTOR, ControlVector.of(layers), null);
    }

    @Operation(weight = 2)
    static void ask(Player p) {
        LoraAdapter lora = p.pick(Kind.LORA);
        Values.readAll(lora.model(), lora.metadata(), lora.invocationTokens(), lora.fingerprint(), lora.isClosed());
    }

    @Operation(weight = 1)
    static void askVector(Player p) {
        ControlVector vector = p.pick(Kind.VECTOR);
        Values.readAll(vector.embeddingSize(), vector.lastLayer(), vector.fingerprint());
    }

    /** Of the model, of another one, or none where there are none. */
    static Adapters adapters(Player p, Model model) {
        Adapters adapters = Adapters.none();
        if (p.chance(50)) {
            LoraAdapter lora = p.find(Kind.LORA, model).orElse(null);
            if (lora != null) {
                adapters = p.chance(50) ? Adapters.of(lora, p.real(0, 2)) : adapters.and(lora, p.real(-1, 1));
            }
        }
        if (p.chance(40)) {
            ControlVector vector = p.find(Kind.VECTOR, null).orElse(null);
            if (vector != null) {
                adapters = p.chance(50) ? adapters.and(vector, p.real(0, 2)) : Adapters.of(vector, p.real(-1, 1));
            }
        }
        return adapters;
    }

    @Operation(weight = 5)
    static void use(Player p) {
        Context context = Contexts.any(p);
        context.adapters(p.orNull(p.arg("adapters", adapters(p, context.model()))));
    }

    @Operation(weight = 1)
    static void fingerprint(Player p) {
        Values.readAll(adapters(p, null).fingerprint());
    }

    @Operation(weight = 3)
    static void close(Player p) {
        LoraAdapter lora = p.pick(Kind.LORA);
        lora.close();
        p.closed(lora);
    }
}

package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;

import io.github.llamaffm.AdapterException;
import io.github.llamaffm.Adapters;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Adapters that are none, or of something else. */
final class AdapterMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Adapters";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A LoRA file that is missing", "NULL", AdapterException.class, scene -> scene.llama().loadAdapter(scene.folder().resolve("none.gguf"))),
                refused("A folder", "NULL", AdapterException.class, scene -> scene.llama().loadAdapter(scene.folder())),
                refused("A model as LoRA", "NULL", AdapterException.class, scene -> scene.llama().loadAdapter(scene.file(TinyModel.llama()))),
                refused("A LoRA of another shape", "NULL", AdapterException.class, scene ->
                        scene.llama().loadAdapter(TinyLora.of(TinyModel.llama().embeddingSize(128)).writeTo(scene.folder().resolve("wide.gguf")))),
                refused("A LoRA that was loaded with another model", "not tried", AdapterException.class, scene -> {
                    try (var other = io.github.llamaffm.Model.load(scene.file(TinyModel.llama())); LoraAdapter lora = other.loadAdapter(lora(scene))) {
                        scene.inContext(context -> context.adapters(Adapters.of(lora, 1)));
                    }
                }),
                refused("Adapters that are null", "abort", NullPointerException.class, scene -> scene.inContext(context -> context.adapters(nothing()))),
                refused("The same LoRA twice", "not tried", IllegalArgumentException.class, scene -> {
                    try (LoraAdapter lora = scene.llama().loadAdapter(lora(scene))) {
                        Adapters.of(lora, 1).and(lora, 2);
                    }
                }),
                refused("A scale of NaN", "not tried", IllegalArgumentException.class, scene -> {
                    try (LoraAdapter lora = scene.llama().loadAdapter(lora(scene))) {
                        Adapters.of(lora, Float.NaN);
                    }
                }),
                refused("A LoRA closed while a context uses it", "not tried", IllegalStateException.class, scene -> {
                    try (LoraAdapter lora = scene.llama().loadAdapter(lora(scene))) {
                        scene.inContext(context -> {
                            context.adapters(Adapters.of(lora, 1));
                            lora.close();
                        });
                    }
                }),
                refused("A LoRA used after it was closed", "not tried", IllegalStateException.class, scene -> {
                    LoraAdapter lora = scene.llama().loadAdapter(lora(scene));
                    lora.close();
                    scene.inContext(context -> context.adapters(Adapters.of(lora, 1)));
                }),
                refused("A control vector without a direction", "not tried", IllegalArgumentException.class, _ -> ControlVector.of(new float[0][])),
                refused("A control vector that is too short for its layers", "accepted, reads less", IllegalArgumentException.class,
                        _ -> ControlVector.of(new float[][] {{1, 2}, {1}})),
                refused("A control vector of another width", "not tried", AdapterException.class,
                        scene -> scene.inContext(context -> context.adapters(Adapters.of(ControlVector.of(new float[1][8]), 1)))),
                refused("A control vector of more layers than there are", "not tried", AdapterException.class, scene -> scene.inContext(context ->
                        context.adapters(Adapters.of(ControlVector.of(new float[100][scene.llama().info().embeddingSize()]), 1)))),
                refused("A control vector of infinities", "not tried", SamplingException.class, scene -> {
                    float[][] layers = new float[scene.llama().info().layerCount() - 1][scene.llama().info().embeddingSize()];
                    Arrays.stream(layers).forEach(layer -> Arrays.fill(layer, Float.POSITIVE_INFINITY));
                    scene.inContext(context -> {
                        context.adapters(Adapters.of(ControlVector.of(layers), 1));
                        context.generate("Hello", Scene.ONE).result();
                    });
                }),
                refused("A model as control vector", "not tried", AdapterException.class, scene -> ControlVector.load(scene.file(TinyModel.llama()), scene.llama())));
    }

    @SuppressWarnings("NullAway")
    private static Adapters nothing() {
        return null;
    }

    private static Path lora(Scene scene) {
        return TinyLora.of(TinyModel.llama()).writeTo(scene.folder().resolve("lora.gguf"));
    }
}

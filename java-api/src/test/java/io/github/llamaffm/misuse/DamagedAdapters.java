package io.github.llamaffm.misuse;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Loads adapters with random bytes in their heads, and computes with those that are accepted. */
public final class DamagedAdapters {
    private static final int ROUNDS = 250;
    private static final int HEAD = 1500;

    private DamagedAdapters() {}

    /** @param arguments a model, a LoRA adapter, a control vector, a seed */
    public static void main(String[] arguments) throws Exception {
        Random random = new Random(Long.parseLong(arguments[3]));
        Path damaged = Files.createTempFile("damaged", ".gguf");
        int accepted = 0;
        try (Model model = Model.load(Path.of(arguments[0]))) {
            for (int round = 0; round < ROUNDS; round++) {
                Path origin = Path.of(arguments[1 + round % 2]);
                byte[] bytes = Files.readAllBytes(origin);
                for (int i = random.nextInt(3); i >= 0; i--) {
                    bytes[8 + random.nextInt(Math.min(HEAD, bytes.length) - 8)] = (byte) random.nextInt();
                }
                Files.write(damaged, random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
                accepted += compute(model, damaged, round % 2 == 0) ? 1 : 0;
            }
        } finally {
            Files.delete(damaged);
        }
        if (accepted == 0 || accepted == ROUNDS) {
            throw new AssertionError(accepted + " of " + ROUNDS + " accepted: nothing was tested; seed " + arguments[3]);
        }
    }

    private static boolean compute(Model model, Path file, boolean isLora) {
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build())) {
            if (!isLora) {
                return compute(context, Adapters.of(ControlVector.load(file, model), 1));
            }
            try (LoraAdapter lora = model.loadAdapter(file)) {
                boolean done = compute(context, Adapters.of(lora, 1));
                context.close();
                return done;
            }
        } catch (LlamaException _) {
            return false;
        }
    }

    private static boolean compute(Context context, Adapters adapters) {
        context.adapters(adapters);
        try (Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3);
        }
        return true;
    }
}

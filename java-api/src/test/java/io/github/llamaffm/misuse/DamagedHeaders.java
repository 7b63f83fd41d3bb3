package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Flips bits in the header of a model without weights: it loads, with other metadata, or is refused.
 */
final class DamagedHeaders {
    private static final int ROUNDS = 150;

    private DamagedHeaders() {
    }

    static void run(Path folder, Path vocabulary, int seed) throws IOException {
        Path file = folder.resolve("damaged.gguf");
        byte[] original = Files.readAllBytes(vocabulary);

        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var random = new Random(seed + round);
            byte[] damaged = original.clone();
            for (int flip = 0; flip <= round % 4; flip++) {
                // Half of them in the first kilobytes, where counts and lengths are close together.
                int at = random.nextInt(random.nextBoolean() ? 4096 : damaged.length);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            refused += load(file, seed + round) ? 0 : 1;
        }
        assertThat(refused).as("refused of %d, seed %d", ROUNDS, seed).isBetween(1, ROUNDS - 1);
    }

    private static boolean load(Path file, int seed) {
        try (Model model = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build())) {
            model.info().metadata();
            model.tokenizer().decode(model.tokenizer().encode("Any text at all, 世界"));
            return true;
        } catch (ModelLoadException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}

package io.github.llamaffm.misuse;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextCreationException;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes with models of which one tensor has another type of the same size: where no kernel takes that, ggml aborts on the
 * threads that compute. Prints how many were refused and how many computed. Arguments: an empty folder, a model whose weights
 * are 32-bit floats.
 */
final class WrongWeightTypes {
    private static final int F32 = 0;
    private static final int I32 = 26;
    private static final ContextOptions OPTIONS = ContextOptions.builder().contextSize(64).threads(2).build();

    private WrongWeightTypes() {}

    public static void main(String[] arguments) throws IOException {
        Path changed = Path.of(arguments[0]).resolve("changed.gguf");
        byte[] bytes = Files.readAllBytes(Path.of(arguments[1]));
        int refused = 0;
        int computed = 0;
        for (int place : typesOfWeights(bytes)) {
            ByteBuffer copy = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
            copy.putInt(place, I32);
            Files.write(changed, copy.array());
            if (isComputed(changed)) {
                computed++;
            } else {
                refused++;
            }
        }
        System.out.println("refused=" + refused + " computed=" + computed);
    }

    private static boolean isComputed(Path file) {
        try (Model model = Model.load(file); Context context = model.newContext(OPTIONS); Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3, 4);
            sequence.append(5);
            return true;
        } catch (ModelLoadException | ContextCreationException e) {
            return false;
        }
    }

    /** Where in the header the type of each tensor of 32-bit floats stands: behind its name and its dimensions. */
    private static List<Integer> typesOfWeights(byte[] file) {
        List<Integer> places = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        byte[] end = ".weight".getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + 64 < file.length && places.size() < 64; at++) {
            if (file[at] == '.' && startsWith(file, at, end)) {
                int dimensions = buffer.getInt(at + end.length);
                int place = at + end.length + 4 + 8 * dimensions;
                if (dimensions >= 1 && dimensions <= 4 && buffer.getInt(place) == F32) {
                    places.add(place);
                }
            }
        }
        return places;
    }

    private static boolean startsWith(byte[] file, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (file[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}

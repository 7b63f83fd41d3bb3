package io.github.llamaffm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Loads a model until the system has no room for another one; then there is room again. Argument: a model of some 100 MB. */
public final class LimitedLoad {

    private static final int MORE_THAN_FIT = 40;

    private LimitedLoad() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        for (LoadMode mode : List.of(LoadMode.READ, LoadMode.MAP)) {
            ModelOptions options = ModelOptions.builder().loadMode(mode).build();
            List<Model> open = new ArrayList<>();
            ModelLoadException refused = null;
            try {
                while (open.size() < MORE_THAN_FIT) {
                    open.add(Model.load(file, options));
                }
            } catch (ModelLoadException e) {
                refused = e;
            }
            assertThat(refused).as(mode + ": models that fit: " + open.size()).isNotNull().hasMessageContaining("out of memory");
            assertThat(open).as(mode + ": models that fit").isNotEmpty();
            int[] tokens = open.getFirst().tokenizer().encode("still there");
            open.forEach(Model::close);
            try (Model again = Model.load(file, options)) {
                assertThat(Arrays.equals(again.tokenizer().encode("still there"), tokens)).isTrue();
            }
        }
    }
}

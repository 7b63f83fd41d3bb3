package io.github.llamaffm.lifecycle;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.nio.file.Path;

/** Ends in native code, with a model open. Arguments: a model, a kind of {@code lf_self_test_kind}. */
final class LastWordsProgram {
    private LastWordsProgram() {
    }

    public static void main(String[] arguments) {
        LlamaRuntime.instance();
        Model.load(Path.of(arguments[0]));
        LlamaFfm.lf_self_test(Integer.parseInt(arguments[1]));
    }
}

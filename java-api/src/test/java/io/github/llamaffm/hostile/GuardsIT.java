package io.github.llamaffm.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What hostile bytes were found to do to llama.cpp, each by itself. */
class GuardsIT {

    private static final GenerateOptions GREEDY = GenerateOptions.builder().maxTokens(3).sampler(SamplerOptions.greedy()).build();

    @TempDir
    Path folder;

    /** Where the number of cells and the position of the first one stand in the payload. */
    static Stream<Arguments> memories() {
        return Stream.of(Arguments.of(TinyModel.llama(), 4, 8), Arguments.of(TinyModel.mamba(), 0, 4));
    }

    /** llama.cpp would allocate as many, and keep a cell at a negative position for ever. */
    @ParameterizedTest
    @MethodSource("memories")
    void aStateThatNamesMoreThanItHasIsRefused(TinyModel tiny, int cellsAt, int positionAt) {
        try (Model model = Model.load(tiny.writeTo(folder.resolve("model.gguf")));
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(2).build());
                Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3, 4, 5, 6, 7);
            byte[] sound = sequence.save();
            int[] expected = next(sequence);

            assertThatExceptionOfType(StateException.class)
                    .isThrownBy(() -> sequence.restore(StateDamage.withNumber(sound, cellsAt, 2_000_000_000)))
                    .withMessageContaining("names 2000000000 cells");
            for (int position : new int[] {-1, -5, Integer.MIN_VALUE}) {
                assertThatExceptionOfType(StateException.class)
                        .isThrownBy(() -> sequence.restore(StateDamage.withNumber(sound, positionAt, position)))
                        .withMessageContaining("a cell at position " + position);
            }

            sequence.restore(sound);
            assertThat(next(sequence)).isEqualTo(expected);
        }
    }

    /** The number of its stacks multiplies with each character: llama.cpp does not come back from the first token. */
    @Test
    void aGrammarWithTooManyWaysIsLeft() {
        Grammar grammar = Grammar.of("root ::= x x x x\nx ::= y* y* y*\ny ::= z+ | \"\" z\nz ::= [a-z]{1,2} | \" \" x");
        GenerateOptions options = GenerateOptions.builder().maxTokens(30).grammar(grammar)
                .sampler(SamplerOptions.builder().seed(1).build()).build();
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("model.gguf")));
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(2).build());
                Generation generation = context.generate("any", options)) {
            assertThatExceptionOfType(SamplingException.class).isThrownBy(generation::result)
                    .withMessageContaining("too many ways");
            assertThat(context.isPoisoned()).isFalse();
        }
    }

    @Test
    void anUnknownPoolingTypeIsRefusedAtOnce() {
        Path file = TinyModel.llama().metadata("llama.pooling_type", GgufValue.of(-3)).writeTo(folder.resolve("model.gguf"));

        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file))
                .withMessageContaining("unknown pooling type -3");
    }

    /** llama.cpp would tokenise the first text with such a byte until there is no memory. */
    @Test
    void aVocabularyThatNeverEndsATextIsRefused() {
        Path file = TinyModel.llama().metadata("tokenizer.ggml.model", GgufValue.of("rwkv")).writeTo(folder.resolve("model.gguf"));

        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file))
                .withMessageContaining("begin with bytes that are no tokens");
    }

    /** ggml would write before its rows, and never end. */
    @Test
    void negativeDimensionsOfARotationAreRefused() {
        Path file = TinyModel.gemma3().metadata("gemma3.rope.dimension_count", GgufValue.of(-2)).writeTo(folder.resolve("model.gguf"));

        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file))
                .withMessageContaining("rotary embedding is negative");
    }

    private static int[] next(Sequence sequence) {
        try (Generation generation = sequence.generate(new int[0], GREEDY)) {
            return generation.result().tokens();
        }
    }
}

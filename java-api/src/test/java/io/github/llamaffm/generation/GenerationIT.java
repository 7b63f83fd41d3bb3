package io.github.llamaffm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generations, sequences and batches with the default model; {@code -Dllamaffm.model} names its file. */
class GenerationIT {

    private static final String PROMPT = "The capital of France is";

    private static Model model;
    private Context context;

    @BeforeAll
    static void load() {
        model = Model.load(Path.of(System.getProperty("llamaffm.model")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @BeforeEach
    void open() {
        context = model.newContext(ContextOptions.builder().contextSize(1024).maxSequences(2).build());
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void continuesAText() {
        List<String> pieces = new ArrayList<>();
        try (Generation generation = context.generate(PROMPT, greedy(8).build())) {
            generation.forEach(pieces::add);
            GenerationResult result = generation.result();

            assertThat(result.text()).startsWith(" Paris.").isEqualTo(String.join("", pieces));
            assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(result.tokens()).hasSize(8);
            assertThat(result.promptTokens()).isEqualTo(model.tokenizer().encode(PROMPT, true, true).length);
            assertThat(result.timings().prompt()).isPositive();
        }
    }

    @Test
    void isTheSameFromAVirtualThread() throws Exception {
        FutureTask<String> task = new FutureTask<>(() -> text(PROMPT, 8));
        Thread.ofVirtual().start(task);

        assertThat(task.get()).isEqualTo(text(PROMPT, 8));
    }

    @Test
    void isTheSameWithTheSameSeed() {
        SamplerOptions sampler = SamplerOptions.builder().temperature(2).seed(5).build();

        assertThat(text(PROMPT, greedy(12).sampler(sampler).build()))
                .isEqualTo(text(PROMPT, greedy(12).sampler(sampler).build()))
                .isNotEqualTo(text(PROMPT, greedy(12).sampler(SamplerOptions.builder().temperature(2).seed(6).build()).build()));
    }

    @Test
    void endsWithAStopString() {
        try (Generation generation = context.generate(PROMPT, greedy(16).stop("ris").build())) {
            assertThat(generation).containsExactly(" Pa");
            assertThat(generation.result().reason()).isEqualTo(FinishReason.STOP);
            assertThat(generation.result().text()).isEqualTo(" Pa");
        }
    }

    @Test
    void endsWithATokenThatEndsAGeneration() {
        String prompt = "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\n";
        try (Generation generation = context.generate(prompt, greedy(200).build())) {
            GenerationResult result = generation.result();

            assertThat(result.reason()).isEqualTo(FinishReason.END);
            assertThat(model.tokenizer().isEndOfGeneration(result.tokens()[result.tokens().length - 1])).isTrue();
            assertThat(result.text()).isNotEmpty().doesNotContain("<|");
        }
    }

    @Test
    void namesControlTokensThatAreToBeSeen() {
        String prompt = "<|im_start|>user\nSay yes.<|im_end|>\n<|im_start|>assistant\n";
        int end = model.tokenizer().eos().orElseThrow();
        String usual = text(prompt, 200);
        Set<Integer> visible = Set.of(end);

        assertThat(text(prompt, greedy(200).visibleTokens(visible).build())).isEqualTo(usual + "<|im_end|>");
        assertThat(text(prompt, greedy(200).visibleTokens(visible).stop("<|im_end|>").build())).isEqualTo(usual);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.generate(prompt, greedy(1).visibleTokens(Set.of(model.tokenizer().size())).build()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.generate(prompt, greedy(1).visibleTokens(Set.of(-1)).build()));
    }

    @Test
    void endsWhenTheContextIsFull() {
        try (Context small = model.newContext(ContextOptions.builder().contextSize(256).build());
                Generation generation = small.generate("word ".repeat(small.size() - 8), greedy(100).build())) {
            GenerationResult result = generation.result();

            assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(result.promptTokens() + result.tokens().length).isEqualTo(small.size() + 1);
        }
    }

    @Test
    void endsAtItsTimeLimitInsideAPrompt() {
        try (Generation generation = context.generate(longPrompt(), greedy(1).timeLimit(Duration.ofNanos(1)).build())) {
            assertThat(generation.result().reason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(generation.result().tokens()).isEmpty();
        }
    }

    @Test
    void hasNothingToContinue() {
        try (Generation generation = context.generate("", greedy(4).build())) {
            assertThat(generation.result().reason()).isEqualTo(FinishReason.END);
            assertThat(generation).isEmpty();
        }
    }

    @Test
    void isIteratedOnce() {
        try (Generation generation = context.generate(PROMPT, greedy(1).build())) {
            generation.iterator();
            assertThatIllegalStateException().isThrownBy(generation::iterator);
        }
    }

    @Test
    void refusesAPromptThatDoesNotFit() {
        assertThatExceptionOfType(PromptTooLongException.class)
                .isThrownBy(() -> context.generate("word ".repeat(2000)))
                .satisfies(e -> assertThat(e.available()).isEqualTo(context.size()));
    }

    @Test
    void neverStartsWhenCancelledBefore() {
        Cancellation cancellation = Cancellation.create();
        cancellation.cancel();
        try (Sequence sequence = context.newSequence();
                Generation generation = sequence.generate(PROMPT, greedy(4).cancellation(cancellation).build())) {
            assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(sequence.length()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isCancelledInsideAPrompt(boolean virtual) throws Exception {
        try (Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            int before = sequence.length();
            Cancellation cancellation = Cancellation.create();
            FutureTask<FinishReason> task = new FutureTask<>(() -> {
                try (Generation generation = sequence.generate(
                        longPrompt(), greedy(1).cancellation(cancellation).build())) {
                    return generation.result().reason();
                }
            });
            Thread thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
            awaitDecode(task);
            if (virtual) {
                thread.interrupt();
            } else {
                cancellation.cancel();
            }

            assertThat(task.get()).isEqualTo(FinishReason.CANCELLED);
            assertThat(sequence.length()).isEqualTo(before);
            try (Generation next = sequence.generate("", greedy(4).build())) {
                assertThat(next.result().text()).as("the context goes on").startsWith(" Paris");
            }
        }
    }

    @Test
    void anInterruptedThreadGeneratesNothing() {
        try (Generation generation = context.generate(PROMPT, greedy(4).build())) {
            Thread.currentThread().interrupt();
            assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        }
    }

    @Test
    void leavingEarlyKeepsEveryWholeToken() {
        String whole = text(PROMPT, 12);
        try (Sequence sequence = context.newSequence()) {
            Generation left = sequence.generate(PROMPT, greedy(12).build());
            Iterator<String> pieces = left.iterator();
            String first = pieces.next() + pieces.next();
            int length = sequence.length();
            try (Generation rest = sequence.generate("", greedy(12 - tokensOf(first)).build())) {
                assertThat(sequence.length()).isEqualTo(length);
                assertThat(first + rest.result().text()).isEqualTo(whole);
            }
            assertThat(pieces.hasNext()).as("closed by the next operation").isFalse();
            assertThat(left.result().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void theOldestAbandonedGenerationGivesUpItsSequence() {
        Generation first = context.generate(PROMPT, greedy(8).build());
        Generation second = context.generate(PROMPT, greedy(8).build());
        Iterator<String> pieces = second.iterator();
        String start = pieces.next();
        Generation third = context.generate(PROMPT, greedy(8).build());

        assertThat(first.result().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(third.result().text()).startsWith(start).isEqualTo(second.result().text());
    }

    @Test
    void sequencesAreLeasedAndGivenBack() {
        Sequence first = context.newSequence();
        context.newSequence();
        assertThatIllegalStateException()
                .isThrownBy(context::newSequence)
                .withMessage("all 2 sequences of the context are leased; close one or raise maxSequences");
        first.append(PROMPT);
        first.close();

        try (Sequence again = context.newSequence()) {
            assertThat(again.length()).isZero();
        }
    }

    @Test
    void aTruncatedSequenceGoesOnFromThere() {
        try (Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            int length = sequence.length();
            sequence.append(" not Rome but");
            sequence.truncate(length);
            try (Generation generation = sequence.generate(new int[0], greedy(8).build())) {
                assertThat(generation.result().text()).isEqualTo(text(PROMPT, 8));
            }
            sequence.clear();
            assertThat(sequence.length()).isZero();
        }
    }

    @Test
    void tokensThatDoNotFitLeaveTheSequenceAsItWas() {
        try (Sequence sequence = context.newSequence()) {
            sequence.append(PROMPT);
            int length = sequence.length();
            int[] tooMany = IntStream.range(0, context.size()).map(_ -> 1).toArray();

            assertThatExceptionOfType(NoKvSpaceException.class)
                    .isThrownBy(() -> sequence.append(tooMany))
                    .satisfies(e -> {
                        assertThat(e.free()).isEqualTo(context.size() - length);
                        assertThat(e.tokens()).isEqualTo(tooMany.length);
                    });
            assertThat(sequence.length()).isEqualTo(length);
        }
    }

    /** The loop that {@link Generation} runs, written with the parts that everybody has. */
    @Test
    void aLoopOfOnesOwnGivesTheSameTokens() {
        int[] prompt = model.tokenizer().encode(PROMPT, true, true);
        List<Integer> tokens = new ArrayList<>();
        try (Sequence sequence = context.newSequence();
                Batch batch = context.newBatch();
                Sampler sampler = model.newSampler(SamplerOptions.greedy())) {
            for (int i = 0; i < prompt.length; i++) {
                batch.add(sequence, prompt[i], i == prompt.length - 1);
            }
            for (int i = 0; i < 8; i++) {
                context.decode(batch);
                int token = sampler.sample(context, batch.size() - 1);
                tokens.add(token);
                batch.clear();
                batch.add(sequence, token, true);
            }
            assertThat(sequence.length()).isEqualTo(prompt.length + 7);
        }
        try (Generation generation = context.generate(prompt, greedy(8).build())) {
            assertThat(generation.result().tokens()).containsExactly(tokens.toArray(Integer[]::new));
        }
    }

    @Test
    void batchesAreCheckedBeforeNativeCodeSeesThem() {
        try (Sequence sequence = context.newSequence();
                Batch batch = context.newBatch();
                Sampler sampler = model.newSampler(SamplerOptions.greedy())) {
            assertThatIllegalStateException().isThrownBy(() -> context.decode(batch)).withMessageContaining("empty");
            assertThatIllegalArgumentException().isThrownBy(() -> sampler.sample(context, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batch.add(sequence, model.tokenizer().size(), false))
                    .withMessageContaining("not in the vocabulary");
            batch.add(sequence, 1, false);
            batch.add(sequence, 2, true);
            context.decode(batch);
            assertThatIllegalArgumentException().isThrownBy(() -> sampler.sample(context, 0));
            assertThatIllegalStateException().isThrownBy(() -> context.decode(batch)).withMessageContaining("changed");
        }
    }

    private String text(String prompt, int tokens) {
        return text(prompt, greedy(tokens).build());
    }

    private String text(String prompt, GenerateOptions options) {
        try (Generation generation = context.generate(prompt, options)) {
            return generation.result().text();
        }
    }

    private static GenerateOptions.Builder greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy());
    }

    private static int tokensOf(String text) {
        return model.tokenizer().encode(text).length;
    }

    private static String longPrompt() {
        return "word ".repeat(900);
    }

    /** Until the thread is inside native code, or has ended. */
    private static void awaitDecode(FutureTask<?> task) {
        while (!task.isDone() && Thread.getAllStackTraces().values().stream()
                .noneMatch(trace -> trace.length > 1 && Arrays.stream(trace)
                        .anyMatch(frame -> frame.getMethodName().equals("lf_decode")))) {
            Thread.onSpinWait();
        }
    }
}

package io.github.llamaffm.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.Flight;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of work whose tokens are known. */
class EventsIT {

    /** More than the ubatch has room for: it is computed in two parts. */
    private static final int[] PROMPT = IntStream.range(300, 340).toArray();

    private static final ContextOptions OPTIONS =
            ContextOptions.builder().contextSize(256).ubatchSize(32).maxSequences(3).unifiedCache(true).threads(1).build();

    @TempDir
    private static Path folder;

    private static Path file;
    private static Model model;
    private Context context;

    @BeforeAll
    static void load() {
        file = TinyModel.llama().contextSize(256).writeTo(folder.resolve("tiny-events.gguf"));
        model = Model.load(file);
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @BeforeEach
    void open() {
        context = model.newContext(OPTIONS);
    }

    @AfterEach
    void close() {
        context.close();
    }

    private static GenerateOptions.Builder greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy());
    }

    private GenerationResult generate(GenerateOptions options) {
        try (Generation generation = context.generate(PROMPT, options)) {
            return generation.result();
        }
    }

    @Test
    void aGenerationTellsOfItsTokens() {
        int[] made = new int[1];
        Flight flight = Flight.record(() -> made[0] = generate(greedy(8).build()).tokens().length);

        assertThat(flight.ints("Prefill", "tokens")).containsExactly(32, 8);
        assertThat(flight.ints("Prefill", "cachedTokens")).containsExactly(0, 32);
        assertThat(flight.ints("Prefill", "outputs")).containsExactly(0, 1);
        assertThat(made[0]).isGreaterThan(2);
        assertThat(flight.ints("Decode", "tokens")).hasSize(made[0] - 1).containsOnly(1);
        assertThat(flight.ints("Decode", "cachedTokens"))
                .isEqualTo(IntStream.range(40, 40 + made[0] - 1).boxed().toList());
        assertThat(flight.ints("Sample", "samplers")).hasSize(made[0]).containsOnly(1);
        assertThat(flight.events("Sample")).noneMatch(event -> event.getBoolean("grammar"));
        assertThat(flight.events("Cancel")).isEmpty();

        long id = flight.events().getFirst().getLong("contextId");
        assertThat(id).isPositive();
        assertThat(flight.events()).allSatisfy(event -> {
            assertThat(event.getString("model")).isEqualTo("tiny-events.gguf");
            assertThat(event.getLong("contextId")).isEqualTo(id);
            assertThat(event.getBoolean("completed")).isTrue();
            assertThat(event.getStackTrace()).isNull();
        });
        RecordedEvent decode = flight.events("Decode").getFirst();
        assertThat(decode.getInt("sequences")).isEqualTo(1);
        assertThat(decode.getInt("threads")).isEqualTo(1);
        assertThat(decode.getDuration("waiting")).isBetween(Duration.ZERO, decode.getDuration());
    }

    @Test
    void aBatchTellsOfItsSequences() {
        Flight flight = Flight.record(() -> {
            try (Batch batch = context.newBatch()) {
                for (int i = 0; i < 3; i++) {
                    batch.add(context.newSequence(), 300 + i, i < 2);
                }
                context.decode(batch);
                batch.clear();
                try (Context other = model.newContext(OPTIONS); Batch rows = other.newBatch()) {
                    Sequence sequence = other.newSequence();
                    rows.add(sequence, 300, false);
                    rows.add(sequence, 301, true);
                    rows.add(other.newSequence(), 302, false);
                    other.decode(rows);
                }
            }
        });

        RecordedEvent decode = flight.event("Decode");
        assertThat(List.of(decode.getInt("tokens"), decode.getInt("sequences"), decode.getInt("outputs"))).isEqualTo(List.of(3, 3, 2));
        RecordedEvent prefill = flight.event("Prefill");
        assertThat(List.of(prefill.getInt("tokens"), prefill.getInt("sequences"), prefill.getInt("outputs"))).isEqualTo(List.of(3, 2, 1));
        assertThat(prefill.getLong("contextId")).isGreaterThan(decode.getLong("contextId"));
    }

    @Test
    void aGrammarIsSeen() {
        GrammarUse grammar = GrammarUse.always(Grammar.of("root ::= \"a\" \"b\"*"));
        Flight flight = Flight.record(() -> generate(greedy(3).grammar(grammar).build()));

        assertThat(flight.events("Sample")).isNotEmpty().allMatch(event -> event.getBoolean("grammar"));
    }

    @Test
    void aLoadTellsOfTheModel() {
        Flight flight = Flight.record(() -> Model.load(file).close());

        RecordedEvent load = flight.event("Load");
        assertThat(load.getString("model")).isEqualTo("tiny-events.gguf");
        assertThat(load.getInt("files")).isEqualTo(1);
        assertThat(load.getLong("size")).isEqualTo(model.info().sizeInBytes());
        assertThat(load.getString("architecture")).isEqualTo("llama");
        assertThat(load.getLong("parameters")).isEqualTo(model.info().parameterCount());
        assertThat(load.getBoolean("vocabularyOnly")).isFalse();
        assertThat(load.getBoolean("completed")).isTrue();
        assertThat(flight.events("Cancel")).isEmpty();
    }

    @Test
    void aLoadThatFailsIsToldOfToo() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.gguf"), "GGUF and nothing more");
        Flight flight = Flight.record(() -> assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(broken)));

        assertThat(flight.event("Load").getBoolean("completed")).isFalse();
        assertThat(flight.event("Load").getString("model")).isEqualTo("broken.gguf");
        assertThat(flight.events("Cancel")).isEmpty();
    }

    @Test
    void aCancelledLoad() {
        Cancellation cancellation = Cancellation.create();
        ModelOptions options = ModelOptions.builder().cancellation(cancellation).progress(_ -> cancellation.cancel()).build();
        Flight flight = Flight.record(() ->
                assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> Model.load(file, options)));

        assertThat(flight.event("Load").getBoolean("completed")).isFalse();
        RecordedEvent cancel = cancel(flight, "load", "CANCELLED", 0, 0);
        assertThat(cancel.getLong("contextId")).isZero();
        assertThat(cancel.getDuration("reaction")).isBetween(Duration.ZERO, flight.event("Load").getDuration());
    }

    @Test
    void aCancelledGeneration() {
        Cancellation cancellation = Cancellation.create();
        Flight flight = Flight.record(() -> {
            try (Generation generation = context.generate(PROMPT, greedy(100).cancellation(cancellation).build())) {
                Iterator<String> pieces = generation.iterator();
                pieces.next();
                cancellation.cancel();
                assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
            }
        });

        int made = flight.events("Sample").size();
        assertThat(made).isPositive();
        assertThat(cancel(flight, "generation", "CANCELLED", made, 0).getDuration("reaction")).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void anEndThatIsNotOneOfOurs() {
        Flight flight = Flight.record(() -> {
            assertThat(generate(greedy(100).timeLimit(Duration.ofNanos(1)).build()).reason()).isEqualTo(FinishReason.DEADLINE);
        });

        assertThat(cancel(flight, "generation", "DEADLINE", 0, PROMPT.length).getDuration("reaction")).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(flight.events("Prefill")).isEmpty();
    }

    @Test
    void aGenerationThatWasLeft() {
        Flight flight = Flight.record(() -> {
            try (Generation generation = context.generate(PROMPT, greedy(100).build())) {
                generation.iterator().next();
            }
        });

        cancel(flight, "generation", "CANCELLED", flight.events("Sample").size(), 0);
    }

    /** Nobody knows when an interrupt came. */
    @Test
    void anInterruptedAppend() {
        Flight flight = Flight.record(() -> {
            Sequence sequence = context.newSequence();
            Thread.currentThread().interrupt();
            try {
                assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> sequence.append(PROMPT));
            } finally {
                Thread.interrupted();
            }
        });

        assertThat(cancel(flight, "append", "CANCELLED", 0, PROMPT.length).getLong("reaction")).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void aCancelledBatch() {
        Cancellation cancellation = Cancellation.create();
        cancellation.cancel();
        Flight flight = Flight.record(() -> {
            try (Batch batch = context.newBatch()) {
                batch.add(context.newSequence(), 300, true);
                assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> context.decode(batch, cancellation));
            }
        });

        cancel(flight, "decode", "CANCELLED", 0, 1);
    }

    private static RecordedEvent cancel(Flight flight, String work, String reason, int generated, int dropped) {
        RecordedEvent cancel = flight.event("Cancel");
        assertThat(cancel.getString("work")).isEqualTo(work);
        assertThat(cancel.getString("reason")).isEqualTo(reason);
        assertThat(cancel.getInt("generatedTokens")).isEqualTo(generated);
        assertThat(cancel.getInt("droppedTokens")).isEqualTo(dropped);
        assertThat(cancel.getString("model")).isEqualTo("tiny-events.gguf");
        return cancel;
    }

    /** A recording that does not ask for them has none of them. */
    @Test
    void offByDefault() {
        Flight flight = Flight.record(Map.of(), List.of(), () -> {
            Model.load(file).close();
            generate(greedy(3).build());
        });

        assertThat(flight.events()).isEmpty();
    }

    /** Each is on by itself. */
    @Test
    void oneOfThem() {
        Flight flight = Flight.record(Map.of(), List.of("Decode"), () -> generate(greedy(3).build()));

        assertThat(flight.events()).isNotEmpty().isEqualTo(flight.events("Decode"));
    }
}

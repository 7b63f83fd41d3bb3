package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.UnsupportedMemoryException;
import io.github.llamaffm.WhenFull;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.util.List;
import java.util.OptionalInt;

/** Asks the memory of a context for what it cannot do. */
final class SequenceMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Sequences";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                absent("A sequence id of -1, behind `n_seq_max`, or from 256 on", "abort llama-kv-cache.cpp:389, 665, 678", "`Sequence` has no id",
                        _ -> PublicApi.hasNo("sequenceId|seqId")),
                refused("Tokens removed from -1 on", "from the start on", IndexOutOfBoundsException.class, scene -> five(scene, sequence -> sequence.remove(-1, 2))),
                refused("Tokens removed from a later to an earlier one", "not tried", IndexOutOfBoundsException.class, scene -> five(scene, sequence -> sequence.remove(3, 2))),
                refused("Tokens removed behind the last", "not tried", IndexOutOfBoundsException.class, scene -> five(scene, sequence -> sequence.remove(0, 6))),
                refused("Cut to more tokens than there are", "not tried", IndexOutOfBoundsException.class, scene -> five(scene, sequence -> sequence.truncate(6))),
                refused("Cut to -1 tokens", "-", IndexOutOfBoundsException.class, scene -> five(scene, sequence -> sequence.truncate(-1))),
                works("`llama_memory_seq_rm(-1)` of a recurrent model", "false, and nothing is removed", scene -> {
                    scene.inBatch(scene.model(TinyModel.mamba()), builder -> builder, (_, sequence, _) -> {
                        sequence.append(1, 2, 3);
                        sequence.clear();
                        sequence.append(1);
                        assertThat(sequence.length()).isEqualTo(1);
                    });
                    return "`clear()` clears";
                }),
                refused("Tokens removed from the middle of a state", "not tried", UnsupportedMemoryException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.mamba()), builder -> builder, (_, sequence, _) -> {
                            sequence.append(1, 2, 3);
                            sequence.remove(1, 2);
                        })),
                absent("A part of a sequence copied to another stream", "abort llama-kv-cache.cpp:506", "`fork()` copies all of it",
                        _ -> PublicApi.takes(Sequence.class, "fork", List.of())),
                refused("A fork of what an encoder has read", "not tried", IllegalStateException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.t5()), builder -> builder, (context, sequence, batch) -> {
                            batch.add(sequence, 1, false);
                            context.encode(batch);
                            sequence.fork();
                        })),
                refused("A fork where all sequences are leased", "-", IllegalStateException.class, scene -> five(scene, sequence -> {
                    sequence.fork();
                    sequence.fork();
                })),
                refused("Positions moved in a model with several per token (M-RoPE)", "abort llama-kv-cache.cpp:577", UnsupportedMemoryException.class, scene ->
                        scene.inBatch(scene.random("qwen2vl"), builder -> builder, (_, sequence, _) -> {
                            sequence.append(1, 2, 3);
                            sequence.shift(0, 3, 1);
                        })),
                refused("Positions moved under a sliding window that moves on", "silently something", UnsupportedMemoryException.class, scene ->
                        scene.inBatch(scene.random("gemma2"), builder -> builder.contextSize(1024).ubatchSize(32), (_, sequence, _) -> {
                            sequence.append(1, 2, 3);
                            sequence.shift(0, 3, 1);
                        })),
                absent("Positions divided by 0", "SIGFPE", "no method divides positions", _ -> PublicApi.hasNo(".*[dD]iv(ide)?")),
                refused("Positions moved below 0", "not tried", IllegalArgumentException.class, scene -> five(scene, sequence -> sequence.shift(0, 5, -1))),
                refused("Positions moved by the greatest number", "not tried", IllegalArgumentException.class, scene -> five(scene, sequence -> sequence.shift(4, 5, Integer.MAX_VALUE))),
                refused("Positions moved onto others", "not tried", IllegalArgumentException.class, scene -> five(scene, sequence -> sequence.shift(0, 2, 1))),
                works("Positions moved to the last that there is, and a text after it", "not tried", scene -> {
                    five(scene, sequence -> {
                        sequence.shift(4, 5, (1 << 30) - 5);
                        sequence.append(6, 7);
                        assertThat(sequence.generate(new int[0], Scene.FEW).result().tokens()).hasSize(4);
                    });
                    return "generates";
                }),
                refused("Tokens moved that a fork shares", "moved for both", UnsupportedMemoryException.class, scene -> five(scene, sequence -> {
                    try (Sequence _ = sequence.fork()) {
                        sequence.shift(0, 5, 1);
                    }
                })),
                refused("Two encoder texts, one after the other", "not tried", IllegalStateException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.t5()), builder -> builder, (_, sequence, _) -> {
                            sequence.generate("Hello", Scene.ONE).result();
                            sequence.generate("Hello", Scene.ONE).result();
                        })),
                refused("A full context that is to keep all of it", "-", IllegalArgumentException.class, scene -> full(scene, Integer.MAX_VALUE, 1)),
                works("A full context that is to forget one token, or more than it has, each time", "-", scene -> {
                    full(scene, 0, 1);
                    full(scene, 0, Integer.MAX_VALUE);
                    return "generates";
                }),
                works("A text of no tokens appended, generated from, forked, saved", "-1", scene -> {
                    scene.inBatch((Context _, Sequence sequence, Batch _) -> {
                        sequence.append();
                        assertThat(sequence.generate(new int[0], Scene.ONE).result().tokens()).isEmpty();
                        try (Sequence fork = sequence.fork()) {
                            assertThat(fork.length()).isZero();
                        }
                        sequence.restore(sequence.save());
                        sequence.truncate(0);
                        sequence.discard(0, 0);
                        sequence.shift(0, 0, 5);
                        assertThat(sequence.length()).isZero();
                    });
                    return "stays empty";
                }));
    }

    private interface OfFive {
        void use(Sequence sequence);
    }

    private static void five(Scene scene, OfFive use) throws Exception {
        scene.inBatch((_, sequence, _) -> {
            sequence.append(1, 2, 3, 4, 5);
            use.use(sequence);
        });
    }

    private static void full(Scene scene, int keep, int discard) throws Exception {
        Model model = scene.llama();
        GenerateOptions options = GenerateOptions.builder().whenFull(new WhenFull.Shift(keep, OptionalInt.of(discard))).maxTokens(300)
                .sampler(Scene.FEW.sampler()).build();
        scene.inContext(model, builder -> builder.maxSequences(1), context ->
                assertThat(context.generate("Hello", options).result().tokens()).hasSizeBetween(1, 300));
    }
}

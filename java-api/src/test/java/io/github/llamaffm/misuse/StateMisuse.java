package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Restores what was not saved here, or not like that. */
final class StateMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Saved states";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("No bytes", "0", StateException.class, scene -> restore(scene, new byte[0])),
                refused("Random bytes", "0", StateException.class, scene -> {
                    byte[] bytes = new byte[100_000];
                    new Random(1).nextBytes(bytes);
                    restore(scene, bytes);
                }),
                refused("A state without its last byte", "0", StateException.class, scene -> {
                    byte[] state = state(scene);
                    restore(scene, Arrays.copyOf(state, state.length - 1));
                }),
                works("A state with one byte changed, at 200 places", "accepted; killed where it is a length", scene -> {
                    byte[] state = state(scene);
                    scene.inBatch((_, sequence, _) -> {
                        sequence.append(9, 8);
                        for (int i = 0; i < 200; i++) {
                            byte[] changed = state.clone();
                            changed[(int) ((long) i * state.length / 200)] ^= 0x40;
                            org.assertj.core.api.Assertions.assertThatThrownBy(() -> sequence.restore(changed)).isInstanceOf(StateException.class);
                            assertThat(sequence.tokens()).containsExactly(9, 8);
                        }
                    });
                    return "each is a `StateException`, and the sequence is as before";
                }),
                refused("The state of another model", "not tried", StateException.class, scene -> {
                    byte[] state = state(scene);
                    scene.inBatch(scene.model(TinyModel.gemma()), builder -> builder, (_, sequence, _) -> sequence.restore(state));
                }),
                refused("The state of a whole context in one sequence", "not tried", StateException.class, scene -> scene.inBatch((context, sequence, _) -> {
                    sequence.append(1, 2);
                    sequence.restore(context.saveState());
                })),
                refused("The state of a sequence as that of a context", "not tried", StateException.class, scene -> {
                    byte[] state = state(scene);
                    scene.inContext(context -> context.loadState(state));
                }),
                refused("The state of three sequences in a context of two", "0", StateException.class, scene -> {
                    byte[][] state = new byte[1][];
                    scene.inContext(scene.llama(), builder -> builder.maxSequences(3), context -> {
                        for (int i = 0; i < 3; i++) {
                            context.newSequence().append(1, 2);
                        }
                        state[0] = context.saveState();
                    });
                    scene.inContext(context -> context.loadState(state[0]));
                }),
                refused("A state loaded over sequences that are leased", "not tried", IllegalStateException.class, scene -> scene.inContext((Context context) -> {
                    Sequence sequence = context.newSequence();
                    sequence.append(1);
                    context.loadState(context.saveState());
                })),
                refused("A state of more tokens than the context holds", "0", StateException.class, scene -> {
                    byte[][] state = new byte[1][];
                    scene.inBatch(scene.llama(), builder -> builder.contextSize(512), (_, sequence, _) -> {
                        sequence.append(new int[400]);
                        state[0] = sequence.save();
                    });
                    restore(scene, state[0]);
                }),
                refused("A file that is missing", "not tried", StateException.class, scene ->
                        scene.inBatch((_, sequence, _) -> sequence.restore(scene.folder().resolve("none.state")))),
                refused("A folder to read", "not tried", StateException.class, scene -> scene.inBatch((_, sequence, _) -> sequence.restore(scene.folder()))),
                refused("A folder to write", "not tried", StateException.class, scene ->
                        scene.inBatch((_, sequence, _) -> sequence.save(Files.createDirectory(scene.folder().resolve("folder.state"))))),
                refused("The state of an encoder", "not tried", StateException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.t5()), builder -> builder, (_, sequence, _) -> sequence.save())),
                absent("A state that stays on its device: a bad header, none taken before, a sequence from 256 on",
                        "exception, abort llama-context.cpp:3191, abort", "states are bytes or files",
                        _ -> PublicApi.takes(Sequence.class, "restore", List.of(byte[].class), List.of(java.nio.file.Path.class))));
    }

    private static byte[] state(Scene scene) throws Exception {
        byte[][] state = new byte[1][];
        scene.inBatch((_, sequence, _) -> {
            sequence.append(1, 2, 3);
            state[0] = sequence.save();
        });
        return state[0];
    }

    private static void restore(Scene scene, byte[] state) throws Exception {
        scene.inBatch((_, sequence, _) -> sequence.restore(state));
    }
}

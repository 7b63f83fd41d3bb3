package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Uses what is closed, and closes in the wrong order. */
final class HandleMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Open and closed";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A model closed before its context", "signal with the next decode", IllegalStateException.class, scene -> {
                    try (Model model = Model.load(scene.file(TinyModel.llama())); Context _ = model.newContext(Scene.options(builder -> builder))) {
                        model.close();
                    }
                }),
                refused("A decode after the model was freed", "signal", IllegalStateException.class, scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    Context context = model.newContext(Scene.options(builder -> builder));
                    Sequence sequence = context.newSequence();
                    model.shutdown(Duration.ofSeconds(60));
                    sequence.append(1);
                }),
                works("A context, a model, a sampler, a sequence, a batch and a generation closed twice", "abort", scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    Context context = model.newContext(Scene.options(builder -> builder));
                    Sampler sampler = model.newSampler(SamplerOptions.greedy());
                    Sequence sequence = context.newSequence();
                    var batch = context.newBatch();
                    Generation generation = context.generate("Hello", Scene.ONE);
                    for (AutoCloseable each : List.of(generation, batch, sequence, sampler, context, model)) {
                        each.close();
                        each.close();
                    }
                    return "the second does nothing";
                }),
                works("Each method of what is closed", "not tried", scene -> {
                    UseAfterClose.run(scene.file(TinyModel.llama()));
                    return "each that needs native memory is an `IllegalStateException`";
                }),
                refused("A tokenizer after its model was closed", "not tried", IllegalStateException.class, scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    Tokenizer tokenizer = model.tokenizer();
                    model.close();
                    tokenizer.encode("text");
                }),
                refused("A generation iterated twice", "-", IllegalStateException.class, scene -> scene.inContext(context -> {
                    Generation generation = context.generate("Hello", Scene.ONE);
                    generation.iterator();
                    generation.iterator();
                })),
                refused("A generation asked for more than it has", "-", NoSuchElementException.class, scene -> scene.inContext(context -> {
                    Iterator<String> pieces = context.generate("Hello", Scene.ONE).iterator();
                    for (int i = 0; i < 3; i++) {
                        pieces.next();
                    }
                })),
                works("A generation left unfinished, and others begun in its place", "-", scene -> {
                    scene.inContext(context -> {
                        for (int i = 0; i < 20; i++) {
                            context.generate("Hello", Scene.FEW).iterator().next();
                        }
                        assertThat(context.generate("Hello", Scene.FEW).result().tokens()).hasSize(4);
                    });
                    return "the oldest ends";
                }),
                refused("A shutdown before now", "-", IllegalArgumentException.class, scene -> scene.llama().shutdown(Duration.ofSeconds(-1))),
                refused("A call after a shutdown", "not tried", IllegalStateException.class, scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    model.shutdown(Duration.ofSeconds(60));
                    model.newContext();
                }),
                refused("A user's own `Sequence` in a batch", "-", IllegalArgumentException.class, scene -> scene.inBatch((_, _, batch) ->
                        batch.add((Sequence) java.lang.reflect.Proxy.newProxyInstance(Sequence.class.getClassLoader(),
                                new Class<?>[] {Sequence.class}, (_, _, _) -> 0), 1, true))),
                absent("A pointer that is none, or of something else", "not tried", "no method takes or gives one, but `unsafeSegment()`",
                        _ -> PublicApi.hasNo("pointer|handle|address|nativeHandle")));
    }
}

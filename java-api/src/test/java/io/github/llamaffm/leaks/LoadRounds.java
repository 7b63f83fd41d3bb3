package io.github.llamaffm.leaks;

import io.github.llamaffm.AdapterException;
import io.github.llamaffm.Adapters;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import java.time.Duration;

/** Models and adapters, whole and in part. */
final class LoadRounds {

    private static final LoadMode[] MODES = {LoadMode.AUTO, LoadMode.MAP, LoadMode.READ, LoadMode.DIRECT_IO};

    private LoadRounds() {}

    static Round load(Fixture fixture) {
        return number -> {
            ModelOptions options = ModelOptions.builder()
                    .loadMode(MODES[number % MODES.length])
                    .vocabularyOnly(number % 5 == 4)
                    .metadataOverride("general.name", MetadataValue.of("leak"))
                    .build();
            try (Model model = fixture.watch(Model.load(fixture.model(), options))) {
                int[] tokens = model.tokenizer().encode("Once upon a time");
                model.tokenizer().piece(tokens[0]);
                model.tokenizer().decode(tokens);
                model.info().metadata();
            }
        };
    }

    /** Everything else is closed by the model's shutdown. */
    static Round shutdown(Fixture fixture) {
        return _ -> {
            Model model = fixture.watch(Model.load(fixture.model()));
            Context context = fixture.watch(model.newContext(ContextRounds.small().build()));
            fixture.watch(model.newSampler(SamplerOptions.defaults()));
            fixture.watch(model.loadAdapter(fixture.lora()));
            fixture.watch(context.generate("Once upon", ContextRounds.greedy(8))).iterator().next();
            model.shutdown(Duration.ofSeconds(30));
        };
    }

    static Round cancelled(Fixture fixture) {
        return number -> {
            Cancellation cancellation = Cancellation.create();
            ModelOptions options = ModelOptions.builder()
                    .loadMode(LoadMode.READ)
                    .cancellation(cancellation)
                    .progress(fraction -> {
                        if (fraction >= number % 8 / 10.0) {
                            cancellation.cancel();
                        }
                    })
                    .build();
            Fixture.fails(CancelledException.class, () -> Model.load(fixture.model(), options));
        };
    }

    static Round failed(Fixture fixture) {
        return number -> Fixture.fails(ModelLoadException.class,
                () -> Model.load(fixture.damaged().get(number % fixture.damaged().size())));
    }

    static Round plan(Fixture fixture) {
        return _ -> MemoryPlan.of(ModelSource.path(fixture.model()), ModelOptions.defaults(), ContextOptions.defaults());
    }

    static Round adapter(Fixture fixture) {
        Model model = Model.load(fixture.model());
        Context context = model.newContext(ContextRounds.small().build());
        return new Round() {
            @Override
            public void run(int number) {
                try (LoraAdapter lora = fixture.watch(model.loadAdapter(fixture.lora()))) {
                    GenerateOptions options = GenerateOptions.builder().maxTokens(2).adapters(Adapters.of(lora, 1)).build();
                    try (Generation generation = fixture.watch(context.generate("Once upon", options))) {
                        generation.result();
                    }
                }
                Fixture.fails(AdapterException.class, () -> model.loadAdapter(fixture.model()));
            }

            @Override
            public void close() {
                context.close();
                model.close();
            }
        };
    }
}

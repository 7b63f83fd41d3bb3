package io.github.llamaffm.cli.bench;

import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.KvType;
import io.github.llamaffm.cli.bench.Parsers.PromptAndGeneration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reads options, and combines their values in the order of llama-bench, which loads each model once. */
final class PlanReader {

    /** Of the library; more would be refused when the context is made. */
    private static final int MOST_BATCH = 1 << 20;

    private final CommandSpec spec;
    private final BenchOptions options;
    private final Values.Reader reader;

    PlanReader(CommandSpec spec, BenchOptions options) {
        this.spec = spec;
        this.options = options;
        this.reader = new Values.Reader(spec);
    }

    BenchPlan read(String defaultModel) {
        requireOneKind();
        if (options.repetitions < 1 || options.repetitions > 10_000) {
            throw wrong("Invalid value for option '--repetitions': " + options.repetitions + " is not from 1 to 10000");
        }
        Format format = reader.word("--output", options.output, Parsers::format);
        Values<String> models = reader.words("--model", options.models, defaultModel, Parsers::model);
        Values<Integer> gpuLayers = reader.signedNumbers("--n-gpu-layers", options.gpuLayers, -1);
        Values<Integer> batches = batch("--batch-size", options.batches, 2048);
        Values<Integer> ubatches = batch("--ubatch-size", options.ubatches, 512);
        Values<KvType> keyTypes = reader.words("--cache-type-k", options.keyTypes, KvType.F16, Parsers::cacheType);
        Values<KvType> valueTypes = reader.words("--cache-type-v", options.valueTypes, KvType.F16, Parsers::cacheType);
        Values<FlashAttention> flash =
                reader.words("--flash-attn", options.flashAttention, FlashAttention.AUTO, Parsers::flashAttention);
        Values<Integer> threads = reader.numbers("--threads", options.threads, List.of(), n -> n >= 1 && n <= 512, "from 1 to 512");
        Values<Sampling> sampling = reader.words("--sampler", options.samplers, Sampling.NONE, Parsers::sampling);
        List<Setting> settings = models.all().stream()
                .flatMap(model -> gpuLayers.all().stream()
                .flatMap(layers -> batches.all().stream()
                .flatMap(batch -> ubatches.all().stream()
                .flatMap(ubatch -> keyTypes.all().stream()
                .flatMap(keyType -> valueTypes.all().stream()
                .flatMap(valueType -> flash.all().stream()
                .flatMap(attention -> counts(threads).stream()
                .map(count -> new Setting(model, layers, batch, ubatch, keyType, valueType, attention, count)))))))))
                .toList();
        Shown shown = new Shown(models.all().size() > 1, !gpuLayers.isDefault(), !threads.isDefault(), !batches.isDefault(),
                !ubatches.isDefault(), !keyTypes.isDefault(), !valueTypes.isDefault(), !flash.isDefault(), !sampling.isDefault());
        return new BenchPlan(tests(settings, sampling.all()), shown, options.repetitions, format);
    }

    private BenchPlan.Tests tests(List<Setting> settings, List<Sampling> samplings) {
        return options.sequences.isEmpty()
                ? new BenchPlan.Tests.OfTokens(tokens(settings, samplings))
                : new BenchPlan.Tests.OfSequences(sequences(settings));
    }

    private List<Case.OfTokens> tokens(List<Setting> settings, List<Sampling> samplings) {
        List<PromptAndGeneration> pairs = Stream.of(
                        any("--n-prompt", options.prompts, 512).stream().map(n -> new PromptAndGeneration(n, 0)),
                        any("--n-gen", options.generated, 128).stream().map(n -> new PromptAndGeneration(0, n)),
                        options.both.stream().map(this::both))
                .flatMap(pair -> pair)
                .filter(pair -> pair.prompt() > 0 || pair.generated() > 0)
                .toList();
        if (pairs.isEmpty()) {
            throw wrong("Nothing to measure: --n-prompt and --n-gen are 0, and there is no -pg");
        }
        List<Integer> depths = any("--n-depth", options.depths, 0);
        List<Case.OfTokens> tests = new ArrayList<>();
        for (Setting setting : settings) {
            for (int depth : depths) {
                for (Sampling sampling : samplings) {
                    for (PromptAndGeneration pair : pairs) {
                        requireFits((long) pair.prompt() + pair.generated() + depth);
                        tests.add(new Case.OfTokens(setting, sampling, pair.prompt(), pair.generated(), depth));
                    }
                }
            }
        }
        return tests;
    }

    private List<Case.OfSequences> sequences(List<Setting> settings) {
        List<Integer> prompts = needed("-npp", options.parallelPrompts, 1 << 30);
        List<Integer> generated = needed("-ntg", options.parallelGenerated, 1 << 30);
        List<Integer> sequences = needed("-npl", options.sequences, 256);
        List<Case.OfSequences> tests = new ArrayList<>();
        for (Setting setting : settings) {
            for (int prompt : prompts) {
                for (int tokens : generated) {
                    for (int count : sequences) {
                        requireFits(((long) prompt + tokens) * count);
                        tests.add(new Case.OfSequences(setting, prompt, tokens, count));
                    }
                }
            }
        }
        return tests;
    }

    /** Each kind of test has a table of its own. */
    private void requireOneKind() {
        boolean ofTokens = Stream.of(options.prompts, options.generated, options.both, options.depths, options.samplers)
                .anyMatch(given -> !given.isEmpty());
        boolean ofSequences = !options.parallelPrompts.isEmpty() || !options.parallelGenerated.isEmpty();
        if (ofTokens && !options.sequences.isEmpty()) {
            throw wrong("-npl measures several sequences, with -npp and -ntg: -p, -n, -pg, -d and --sampler are for another call");
        }
        if (ofSequences && options.sequences.isEmpty()) {
            throw wrong("-npp and -ntg go with -npl, the number of sequences");
        }
    }

    private void requireFits(long tokens) {
        if (tokens > Integer.MAX_VALUE - 255) {
            throw wrong("A test of " + tokens + " tokens is more than a context can have");
        }
    }

    private PromptAndGeneration both(String text) {
        try {
            return Parsers.promptAndGeneration(text);
        } catch (IllegalArgumentException e) {
            throw wrong("Invalid value for option '-pg': " + text + " " + e.getMessage());
        }
    }

    private Values<Integer> batch(String option, List<String> given, int otherwise) {
        return reader.numbers(option, given, List.of(otherwise), n -> n >= 1 && n <= MOST_BATCH, "from 1 to " + MOST_BATCH);
    }

    private List<Integer> any(String option, List<String> given, int otherwise) {
        return reader.numbers(option, given, List.of(otherwise), _ -> true, "").all();
    }

    private List<Integer> needed(String option, List<String> given, int most) {
        List<Integer> all = reader.numbers(option, given, List.of(), n -> n >= 1 && n <= most, "from 1 to " + most).all();
        if (all.isEmpty()) {
            throw wrong("Missing " + option + ": -npl needs -npp and -ntg, the tokens of each sequence");
        }
        return all;
    }

    private static List<OptionalInt> counts(Values<Integer> threads) {
        return threads.isDefault()
                ? List.of(OptionalInt.empty())
                : threads.all().stream().map(OptionalInt::of).toList();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

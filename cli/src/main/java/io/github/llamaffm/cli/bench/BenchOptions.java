package io.github.llamaffm.cli.bench;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code llama-ffm bench}: names, defaults and lists are llama-bench's. */
public final class BenchOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = {"-m", "--model"}, paramLabel = "FILE[,FILE]",
            description = "GGUF files; by default SmolLM2-135M-Instruct, which comes with the command.")
    List<String> models = new ArrayList<>();

    @Option(names = {"-p", "--n-prompt"}, paramLabel = "LIST", description = "Prompts of so many tokens. Default: 512.")
    List<String> prompts = new ArrayList<>();

    @Option(names = {"-n", "--n-gen"}, paramLabel = "LIST", description = "Generations of so many tokens. Default: 128.")
    List<String> generated = new ArrayList<>();

    @Option(names = "-pg", paramLabel = "PP,TG", description = "A prompt and a generation after it, as one test.")
    List<String> both = new ArrayList<>();

    @Option(names = {"-d", "--n-depth"}, paramLabel = "LIST", description = "Tokens that are there before. Default: 0.")
    List<String> depths = new ArrayList<>();

    @Option(names = {"-b", "--batch-size"}, paramLabel = "LIST", description = "Tokens of one batch. Default: 2048.")
    List<String> batches = new ArrayList<>();

    @Option(names = {"-ub", "--ubatch-size"}, paramLabel = "LIST", description = "Tokens computed at once. Default: 512.")
    List<String> ubatches = new ArrayList<>();

    @Option(names = {"-ctk", "--cache-type-k"}, paramLabel = "TYPES",
            description = "Type of the keys in the cache: f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, iq4_nl. Default: f16.")
    List<String> keyTypes = new ArrayList<>();

    @Option(names = {"-ctv", "--cache-type-v"}, paramLabel = "TYPES", description = "Type of the values. Default: f16.")
    List<String> valueTypes = new ArrayList<>();

    @Option(names = {"-t", "--threads"}, paramLabel = "LIST",
            description = "Threads, 1 to 512. Default: as many as there are cores to use.")
    List<String> threads = new ArrayList<>();

    @Option(names = {"-ngl", "--n-gpu-layers"}, paramLabel = "LIST", description = "Layers on the GPU. Default: -1, all of them.")
    List<String> gpuLayers = new ArrayList<>();

    @Option(names = {"-fa", "--flash-attn"}, paramLabel = "on|off|auto", description = "Flash attention. Default: auto.")
    List<String> flashAttention = new ArrayList<>();

    @Option(names = "--sampler", paramLabel = "NAMES",
            description = "Choose tokens from what comes out, and make text of them: greedy, default (the chain of llama.cpp's"
                    + " tools). Default: none, random tokens.")
    List<String> samplers = new ArrayList<>();

    @Option(names = "-npp", paramLabel = "LIST", description = "With -npl: tokens of each prompt.")
    List<String> parallelPrompts = new ArrayList<>();

    @Option(names = "-ntg", paramLabel = "LIST", description = "With -npl: tokens generated in each sequence.")
    List<String> parallelGenerated = new ArrayList<>();

    @Option(names = "-npl", paramLabel = "LIST",
            description = "Do what llama-batched-bench does instead: so many sequences at once, 1 to 256.")
    List<String> sequences = new ArrayList<>();

    @Option(names = {"-r", "--repetitions"}, paramLabel = "N", defaultValue = "5",
            description = "Repetitions of each test, 1 to 10000. Default: ${DEFAULT-VALUE}.")
    int repetitions;

    @Option(names = {"-o", "--output"}, paramLabel = "md|csv|json|jsonl", defaultValue = "md",
            description = "What is printed on stdout. Default: ${DEFAULT-VALUE}.")
    String output;

    @Option(names = "--progress", description = "Tell on stderr what is being done, line by line.")
    private boolean progress;

    /** Whether progress is printed line by line. */
    public boolean progress() {
        return progress;
    }

    /**
     * What they ask for.
     *
     * @param defaultModel that is measured where no model is named
     * @throws ParameterException if one is wrong
     */
    public BenchPlan plan(String defaultModel) {
        return new PlanReader(spec, this).read(defaultModel);
    }
}

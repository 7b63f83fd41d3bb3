package io.github.llamaffm.chat;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.SamplerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one call is answered. A value: a static method here starts one, the methods of {@link Values} give a changed copy.
 *
 * <pre>{@code AskOptions.tools(tools).deadline(Duration.ofSeconds(30))}</pre>
 */
public sealed interface AskOptions {

    /** The values. */
    default Values values() {
        return (Values) this;
    }

    /** No limits but the context's, no tools, reasoning as the model does. */
    static Values defaults() {
        return Values.DEFAULTS;
    }

    /** See {@link Values#maxTokens(int)}. */
    static Values maxTokens(int tokens) {
        return defaults().maxTokens(tokens);
    }

    /** See {@link Values#stop(String...)}. */
    static Values stop(String... texts) {
        return defaults().stop(texts);
    }

    /** See {@link Values#sampler(SamplerOptions)}. */
    static Values sampler(SamplerOptions options) {
        return defaults().sampler(options);
    }

    /** See {@link Values#seed(int)}. */
    static Values seed(int value) {
        return defaults().seed(value);
    }

    /** See {@link Values#deadline(Duration)}. */
    static Values deadline(Duration limit) {
        return defaults().deadline(limit);
    }

    /** See {@link Values#cancellation(Cancellation)}. */
    static Values cancellation(Cancellation token) {
        return defaults().cancellation(token);
    }

    /** See {@link Values#tools(Tool...)}. */
    static Values tools(Tool... tools) {
        return defaults().tools(tools);
    }

    /** See {@link Values#tools(List)}. */
    static Values tools(List<Tool> tools) {
        return defaults().tools(tools);
    }

    /** See {@link Values#reasoning(Reasoning)}. */
    static Values reasoning(Reasoning value) {
        return defaults().reasoning(value);
    }

    /** See {@link Values#format(AnswerFormat)}. */
    static Values format(AnswerFormat value) {
        return defaults().format(value);
    }

    /**
     * The values of the options.
     *
     * @param maxTokens the most tokens of one answer, thoughts included, at least 1; empty: until the model ends or the context is full
     * @param stop texts that end the answer and are not part of it; none of them empty
     * @param sampler how tokens are chosen; empty: as the model's metadata asks, else as llama.cpp's tools do
     * @param seed of what is random, not -1; empty: another one each time
     * @param deadline of the whole call, waiting and tools included; then {@link StopReason#DEADLINE}
     * @param cancellation ends the call with {@link StopReason#CANCELLED}
     * @param tools that the model may ask for; no two of one name
     * @param toolChoice whether it may
     * @param parallelToolCalls whether it may ask for several at once; empty: where its template can
     * @param toolLoop who runs them, and how far
     * @param reasoning whether it thinks before
     * @param format what the answer has to look like; the answer to a schema is the value: tools are left out and not called
     * @param schemaInPrompt whether the format enters the prompt too, with its descriptions
     * @param adapters what this call is computed with; empty: the context's
     * @param logProbabilities alternatives per token in {@link Answer#probabilities()}, at most 20; empty: none are kept
     * @param templateArguments variables of the template: text, number, boolean, list or map
     * @param whenFull what becomes of a conversation that does not fit
     */
    record Values(
            OptionalInt maxTokens,
            List<String> stop,
            Optional<SamplerOptions> sampler,
            OptionalInt seed,
            Optional<Duration> deadline,
            Optional<Cancellation> cancellation,
            List<Tool> tools,
            ToolChoice toolChoice,
            Optional<Boolean> parallelToolCalls,
            ToolLoop toolLoop,
            Reasoning reasoning,
            AnswerFormat format,
            boolean schemaInPrompt,
            Optional<Adapters> adapters,
            OptionalInt logProbabilities,
            Map<String, Object> templateArguments,
            WhenContextFull whenFull)
            implements AskOptions {

        private static final Values DEFAULTS = new Values(OptionalInt.empty(), List.of(), Optional.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty(), List.of(), ToolChoice.auto(), Optional.empty(), ToolLoop.automatic(),
                Reasoning.model(), AnswerFormat.text(), true, Optional.empty(), OptionalInt.empty(), Map.of(), WhenContextFull.FAIL);

        /** Checks the values. */
        public Values {
            stop = List.copyOf(stop);
            tools = List.copyOf(tools);
            templateArguments = TemplateArguments.copyOf(templateArguments);
            if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
                throw new IllegalArgumentException("maxTokens " + maxTokens.getAsInt() + " is less than 1");
            }
            if (stop.contains("")) {
                throw new IllegalArgumentException("an empty stop text would end every answer at once");
            }
            // It refuses half characters.
            GenerateOptions.builder().stop(stop).build();
            if (seed.isPresent() && seed.getAsInt() == -1) {
                throw new IllegalArgumentException("seed -1 means a random seed in llama.cpp: give none");
            }
            if (deadline.isPresent() && deadline.get().isNegative()) {
                throw new IllegalArgumentException("deadline " + deadline.get() + " is negative");
            }
            if (logProbabilities.isPresent() && (logProbabilities.getAsInt() < 0 || logProbabilities.getAsInt() > 20)) {
                throw new IllegalArgumentException("logProbabilities " + logProbabilities.getAsInt() + " is not from 0 to 20");
            }
            long names = tools.stream().map(Tool::name).distinct().count();
            if (names < tools.size()) {
                throw new IllegalArgumentException("%d tools have %d names: %s".formatted(
                        tools.size(), names, tools.stream().map(Tool::name).toList()));
            }
        }

        /** With a limit of the tokens of one answer, thoughts included. */
        public Values maxTokens(int tokens) {
            return new Values(OptionalInt.of(tokens), stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With texts that end the answer and are not part of it. */
        public Values stop(String... texts) {
            return new Values(maxTokens, List.of(texts), sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With another way to choose tokens. */
        public Values sampler(SamplerOptions options) {
            return new Values(maxTokens, stop, Optional.of(options), seed, deadline, cancellation, tools, toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With a seed: the same call on the same cache then has the same answer. */
        public Values seed(int value) {
            return new Values(maxTokens, stop, sampler, OptionalInt.of(value), deadline, cancellation, tools, toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With a limit of the time of the whole call, waiting and tools included. */
        public Values deadline(Duration limit) {
            return new Values(maxTokens, stop, sampler, seed, Optional.of(limit), cancellation, tools, toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With a token that ends the call. */
        public Values cancellation(Cancellation token) {
            return new Values(maxTokens, stop, sampler, seed, deadline, Optional.of(token), tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With tools that the model may ask for. */
        public Values tools(Tool... list) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, List.of(list), toolChoice, parallelToolCalls,
                    toolLoop, reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With tools that the model may ask for. */
        public Values tools(List<Tool> list) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, list, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With another choice of tools. */
        public Values toolChoice(ToolChoice choice) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, choice, parallelToolCalls, toolLoop, reasoning,
                    format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With or without several calls at once. */
        public Values parallelToolCalls(boolean several) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, Optional.of(several), toolLoop,
                    reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With another way to run tools. */
        public Values toolLoop(ToolLoop loop) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, loop, reasoning,
                    format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With, without or with a limit of thoughts. */
        public Values reasoning(Reasoning value) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop, value,
                    format, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With a form that the answer has to have. With a schema the answer is the value: tools are left out of the prompt and not called. */
        public Values format(AnswerFormat value) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, value, schemaInPrompt, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** With or without the form in the prompt. */
        public Values schemaInPrompt(boolean value) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, value, adapters, logProbabilities, templateArguments, whenFull);
        }

        /** Computed with adapters. */
        public Values adapters(Adapters value) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, Optional.of(value), logProbabilities, templateArguments, whenFull);
        }

        /** With probabilities of each token and so many alternatives, at most 20. */
        public Values logProbabilities(int alternatives) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, adapters, OptionalInt.of(alternatives), templateArguments, whenFull);
        }

        /** With variables of the template. */
        public Values templateArguments(Map<String, Object> arguments) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, adapters, logProbabilities, arguments, whenFull);
        }

        /** With another treatment of conversations that do not fit. */
        public Values whenFull(WhenContextFull value) {
            return new Values(maxTokens, stop, sampler, seed, deadline, cancellation, tools, toolChoice, parallelToolCalls, toolLoop,
                    reasoning, format, schemaInPrompt, adapters, logProbabilities, templateArguments, value);
        }
    }
}

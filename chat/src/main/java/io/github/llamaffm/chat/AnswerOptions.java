package io.github.llamaffm.chat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** How one answer is generated: what the call asks for, and what its prompt needs. */
final class AnswerOptions {

    private final Model model;
    private final AskOptions.Values options;
    private final SamplerOptions sampler;

    AnswerOptions(Model model, AskOptions.Values options) {
        this.model = model;
        this.options = options;
        SamplerOptions asked = options.sampler().orElseGet(() -> SamplerOptions.builder(model.info()).build());
        this.sampler = options.seed().isPresent() ? Seeds.in(asked, options.seed().getAsInt()) : asked;
    }

    /** What takes down the probabilities of one answer, where they are asked for. */
    Optional<LogProbabilities> probabilities() {
        return options.logProbabilities().stream()
                .mapToObj(alternatives -> new LogProbabilities(model.tokenizer(), alternatives))
                .findFirst();
    }

    GenerateOptions of(RenderedPrompt prompt, Optional<LogProbabilities> probabilities, Cancellation cancellation) {
        GenerateOptions.Builder generate = GenerateOptions.builder()
                .stop(Stream.concat(options.stop().stream(), prompt.stops().stream()).distinct().toList())
                .sampler(chain(prompt, probabilities))
                .cancellation(cancellation)
                .visibleTokens(visibleTokens(prompt));
        options.maxTokens().ifPresent(generate::maxTokens);
        prompt.grammar().ifPresent(generate::grammar);
        options.adapters().ifPresent(generate::adapters);
        return generate.build();
    }

    /** In front of the chain all tokens have the logits that the model gave them; then its thoughts come before any choice. */
    private SamplerOptions chain(RenderedPrompt prompt, Optional<LogProbabilities> probabilities) {
        List<SamplerSpec> specs = new ArrayList<>();
        probabilities.ifPresent(link -> specs.add(new SamplerSpec.Custom(() -> link)));
        if (ThinkingBudget.of(model.tokenizer(), prompt, options.reasoning().limit()).isPresent()) {
            specs.add(new SamplerSpec.Custom(() -> ThinkingBudget.of(model.tokenizer(), prompt, options.reasoning().limit()).orElseThrow()));
        }
        specs.addAll(sampler.specs());
        return new SamplerOptions(specs);
    }

    /** As upstream's server: texts that the parser looks for, where each is one token. */
    private Set<Integer> visibleTokens(RenderedPrompt prompt) {
        Set<Integer> visible = new HashSet<>();
        for (JsonNode text : prompt.params().path("preserved_tokens")) {
            PromptTokens.single(model.tokenizer(), text.stringValue()).ifPresent(visible::add);
        }
        return visible;
    }
}

package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.commonPrefix;
import static io.github.llamaffm.chat.Asked.concat;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What has to be cached and evaluated of one conversation, worked out anew: an answer keeps its tokens where the prompt repeats its
 * text, its last token is never evaluated, and neither is what a prompt has in common with what was.
 */
final class Rule {

    private final Model model;
    private final Optional<String> source;
    private String text = "";
    private int[] known = {};
    private int[] evaluated = {};
    private int[] prompt = {};

    Rule(Model model, Optional<String> source) {
        this.model = model;
        this.source = source;
    }

    /** Another prompt; how many of its tokens are cached. */
    int cached(List<Message> messages) {
        try (PromptTemplate template = PromptTemplate.open(model, source)) {
            RenderedPrompt rendered = template.render(messages, AskOptions.defaults());
            String whole = rendered.prompt().text();
            prompt = !text.isEmpty() && whole.startsWith(text)
                    ? concat(known, model.tokenizer().encode(whole.substring(text.length()), false, true))
                    : rendered.tokens();
            text = whole;
            return Math.min(commonPrefix(evaluated, prompt), prompt.length - 1);
        }
    }

    int promptTokens() {
        return prompt.length;
    }

    /** The answer came. What ended it is part of no text, and no last token is evaluated. */
    void answered(Answer answer) {
        int[] ids = Asked.ids(answer);
        evaluated = concat(prompt, Arrays.copyOf(ids, ids.length - 1));
        known = answer.reason() == StopReason.END ? evaluated : concat(prompt, ids);
        text += answer.text();
    }

    /** The answer to the prompt where nothing is cached: so many tokens. */
    int[] answer(int tokens) {
        return answer(model, prompt, tokens);
    }

    static int[] answer(Model model, int[] prompt, int tokens) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build();
        try (Context context = model.newContext(Asked.exact(2048)); Generation generation = context.generate(prompt, options)) {
            return generation.result().tokens();
        }
    }
}

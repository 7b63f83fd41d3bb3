package io.github.llamaffm.chat;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarException;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.internal.chat.AnswerParser;
import io.github.llamaffm.internal.chat.ChatCallException;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What an answer has to follow: a template's own grammar, of tools or of a format, or that of the call. */
final class AnswerGrammar {

    /** Where an answer begins with words of the template, the parser reads none without them: of Functionary 3.2, of Muse Glimmer. */
    private static final List<String> BEGINNINGS = List.of("", "all\n", " to=user<|message|>");

    private final ChatTemplates templates;
    private final ChatHost host;
    private final Tokenizer tokenizer;

    AnswerGrammar(ChatTemplates templates, ChatHost host, Tokenizer tokenizer) {
        this.templates = templates;
        this.host = host;
        this.tokenizer = tokenizer;
    }

    /** @param params what {@code lf_chat_apply} gave */
    Optional<GrammarUse> of(JsonNode params, AnswerFormat format, Optional<RenderedPrompt.ThinkingTags> thinking) {
        String gbnf = params.get("grammar").stringValue();
        String written = params.get("generation_prompt").stringValue();
        return switch (format) {
            case AnswerFormat.Rules(Grammar own) -> Optional.of(ofCall(own, written, thinking));
            // Some of upstream's parsers of a template say nothing of formats.
            case AnswerFormat.Schema(String schema) when gbnf.isEmpty() ->
                    Optional.of(ofCall(ofSchema(schema, params), written, thinking));
            default -> gbnf.isEmpty() ? Optional.empty() : Optional.of(ofTemplate(gbnf, params, written));
        };
    }

    /** With what the template's parser looks for before an answer. */
    private Grammar ofSchema(String schema, JsonNode params) {
        Grammar value = grammar(ExactGrammar.ofSchema(host, SchemaCheck.of(schema).toString()));
        String beginning = BEGINNINGS.stream().filter(words -> reads(params, words)).findFirst().orElse("");
        return beginning.isEmpty()
                ? value
                : Grammar.of(value.gbnf() + "\nbehind-words-of-the-template ::= %s root\n".formatted(Json.MAPPER.writeValueAsString(beginning)), "behind-words-of-the-template");
    }

    private boolean reads(JsonNode params, String beginning) {
        try (AnswerParser parser = templates.parser(AnswerReader.request(params))) {
            return ParsedAnswer.of(parser.parse(beginning + "{}", false)).content().strip().equals("{}");
        } catch (ChatCallException e) {
            return false;
        }
    }

    /** It begins with what the prompt ends with, or waits for its trigger. */
    private GrammarUse ofTemplate(String gbnf, JsonNode params, String written) {
        List<GrammarUse.Trigger> triggers = new ArrayList<>();
        if (params.get("grammar_lazy").booleanValue()) {
            params.get("grammar_triggers").forEach(trigger -> triggers.add(trigger(trigger)));
        }
        return new GrammarUse(grammar(ExactGrammar.of(gbnf)), triggers, triggers.isEmpty() ? written : "");
    }

    private static Grammar grammar(String gbnf) {
        try {
            return Grammar.of(gbnf);
        } catch (GrammarException e) {
            throw SchemaPlace.ROOT.error("its grammar is refused: " + e.getMessage());
        }
    }

    /** It begins with the answer: where the prompt has begun thoughts, behind what ends them. */
    private static GrammarUse ofCall(Grammar own, String written, Optional<RenderedPrompt.ThinkingTags> thinking) {
        if (thinking.filter(tags -> tags.areOpenIn(written)).isEmpty()) {
            return GrammarUse.always(own);
        }
        List<String> ends = thinking.get().ends();
        String gbnf = own.gbnf() + "\nbehind-thoughts-of-the-prompt ::= (" + ends.stream().map(Json.MAPPER::writeValueAsString).collect(Collectors.joining(" | "))
                + ") \"\\n\"? \"\\n\"? " + own.root() + "\n";
        return GrammarUse.after(Grammar.of(ExactGrammar.of(gbnf), "behind-thoughts-of-the-prompt"),
                ends.stream().map(GrammarUse.Trigger.Word::new).toArray(GrammarUse.Trigger[]::new));
    }

    /** As upstream's server takes them: a word that is one token is that token. */
    private GrammarUse.Trigger trigger(JsonNode trigger) {
        String value = trigger.get("value").stringValue();
        return switch (trigger.get("type").intValue()) {
            case 0 -> new GrammarUse.Trigger.Token(trigger.get("token").intValue());
            case 1 -> {
                OptionalInt token = PromptTokens.single(tokenizer, value);
                yield token.isPresent() ? new GrammarUse.Trigger.Token(token.getAsInt()) : new GrammarUse.Trigger.Word(value);
            }
            case 2 -> new GrammarUse.Trigger.Pattern(pattern(value, value.startsWith("^"), value.endsWith("$") && !value.endsWith("\\$")));
            default -> new GrammarUse.Trigger.Pattern(pattern(value, true, true));
        };
    }

    /** With anchors at the start of the answer and where it ends by now. */
    private static String pattern(String value, boolean start, boolean end) {
        String inner = value.substring(value.startsWith("^") ? 1 : 0, value.length() - (end && value.endsWith("$") ? 1 : 0));
        return (start ? "\\A" : "") + (start || end ? "(?:" + inner + ")" : inner) + (end ? "\\z" : "");
    }
}

package io.github.llamaffm.chat;

import io.github.llamaffm.Model;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.internal.chat.AnswerParser;
import io.github.llamaffm.internal.chat.ChatCallException;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A model's chat template: conversations become tokens. Any thread. */
final class PromptTemplate implements AutoCloseable {

    /** What looks like a tag in a template's source: {@code <|user|>}, {@code </think>}, {@code [INST]}. */
    private static final Pattern TAGS = Pattern.compile("<[^<>\\s'\"]{1,60}>|\\[/?[A-Z][A-Z_]+]");

    private final ChatTemplates templates;
    private final ChatTemplate info;

    /** The template, and the one that the model has for conversations with tools; empty: it has none of its own. */
    private final List<String> sources;

    private final Markers markers;
    private final PromptTokens tokens;
    private final AnswerGrammar grammars;

    private PromptTemplate(ChatTemplates templates, ChatHost host, Tokenizer tokenizer, boolean overridden) {
        this.templates = templates;
        this.grammars = new AnswerGrammar(templates, host, tokenizer);
        JsonNode facts = Json.MAPPER.readTree(templates.facts());
        this.info = info(facts, overridden, readsCalls());
        Set<String> texts = new LinkedHashSet<>(Markers.ofVocabulary(host, tokenizer));
        texts.addAll(ownMarkers());
        this.sources = List.of(info.source(), facts.path("tool_use_source").stringValue(""));
        sources.forEach(source -> TAGS.matcher(source).results().map(MatchResult::group).forEach(texts::add));
        texts.removeIf(text -> !Markers.canBeCut(text));
        this.markers = new Markers(texts);
        this.tokens = new PromptTokens(tokenizer);
    }

    /**
     * Opens the model's templates.
     *
     * @param source a template instead
     * @throws TemplateException if there is none that parses
     */
    static PromptTemplate open(Model model, Optional<String> source) {
        if (!(model instanceof ChatHost host)) {
            throw new IllegalArgumentException("a chat needs a model that Model.load made, not a " + model.getClass().getName());
        }
        if (source.filter(String::isEmpty).isPresent()) {
            throw new TemplateException("the chat template is an empty text; leave it out for the model's own", null);
        }
        ChatTemplates templates;
        try {
            templates = host.openTemplates(source);
        } catch (ChatCallException e) {
            throw new TemplateException("the chat template cannot be used: %s; another one can be given: ChatModelOptions.template"
                    .formatted(e.getMessage()), e);
        }
        boolean made = false;
        try {
            PromptTemplate template = new PromptTemplate(templates, host, model.tokenizer(), source.isPresent());
            made = true;
            return template;
        } catch (ChatCallException e) {
            throw new TemplateException("the chat template cannot be used: " + e.getMessage(), e);
        } finally {
            if (!made) {
                templates.close();
            }
        }
    }

    /** What it is and can do. */
    ChatTemplate info() {
        return info;
    }

    /**
     * The prompt of a conversation, which ends where the answer begins.
     *
     * @throws TemplateException if the template does not take these messages
     */
    RenderedPrompt render(List<Message> conversation, AskOptions.Values options) {
        List<Message> messages = FormatPrompt.in(conversation, options, info);
        Guard guard = Guard.of(markers, allTexts(messages, options.format()));
        ObjectNode request = PromptRequest.of(messages, options, CallLimit.of(options, info), guard);
        FormatPrompt.guard(request, info, guard);
        try {
            JsonNode params = apply(request);
            Guard.Cut prompt = guard.remove(params.get("prompt").stringValue());
            Optional<RenderedPrompt.ThinkingTags> thinking = thinking(params);
            return new RenderedPrompt(prompt, tokens.of(prompt), grammars.of(params, options.format(), thinking),
                    texts(params.get("additional_stops")), thinking, params);
        } catch (ChatCallException e) {
            throw new TemplateException("the chat template does not take these messages: " + e.getMessage(), e);
        }
    }

    private JsonNode apply(ObjectNode request) {
        return Json.MAPPER.readTree(templates.apply(Json.MAPPER.writeValueAsString(request)));
    }

    /** What reads the answers to a prompt; to be closed. */
    AnswerParser parser(String request) {
        return templates.parser(request);
    }

    @Override
    public void close() {
        templates.close();
    }

    /** Whether a call can be forced, which says more than whether the template writes calls: some have parsers of their own. */
    private boolean readsCalls() {
        try {
            return !apply(PromptRequest.probe(ToolChoice.required())).get("grammar").stringValue().isEmpty();
        } catch (ChatCallException e) {
            return false;
        }
    }

    /** What the template and its parser look for, as far as a conversation with a tool shows it. */
    private List<String> ownMarkers() {
        JsonNode params;
        try {
            params = apply(PromptRequest.probe(ToolChoice.auto()));
        } catch (ChatCallException e) {
            return List.of();
        }
        List<String> own = new ArrayList<>(texts(params.get("preserved_tokens")));
        own.addAll(texts(params.get("additional_stops")));
        thinking(params).ifPresent(tags -> {
            own.add(tags.start());
            own.addAll(tags.ends());
        });
        params.get("grammar_triggers").forEach(trigger -> {
            if (trigger.get("type").intValue() <= 1) {
                own.add(trigger.get("value").stringValue());
            }
        });
        return own.stream().map(String::strip).toList();
    }

    private static Optional<RenderedPrompt.ThinkingTags> thinking(JsonNode params) {
        List<String> ends = texts(params.get("thinking_end_tags"));
        return ends.isEmpty()
                ? Optional.empty()
                : Optional.of(new RenderedPrompt.ThinkingTags(params.get("thinking_start_tag").stringValue(), ends));
    }

    private List<String> allTexts(List<Message> messages, AnswerFormat format) {
        List<String> all = new ArrayList<>();
        if (format instanceof AnswerFormat.Schema(String schema)) {
            all.add(schema);
        }
        all.addAll(sources);
        new MessageJson(text -> {
            all.add(text);
            return text;
        }).of(messages);
        return all;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.stringValue()));
        return texts;
    }

    private static ChatTemplate info(JsonNode facts, boolean overridden, boolean readsCalls) {
        JsonNode caps = facts.get("caps");
        ChatTemplate.Origin origin = overridden
                ? ChatTemplate.Origin.OVERRIDE
                : facts.get("explicit").booleanValue() ? ChatTemplate.Origin.MODEL : ChatTemplate.Origin.BUILT_IN;
        return new ChatTemplate(facts.get("source").stringValue(), origin, caps.path("supports_system_role").booleanValue(false),
                caps.path("supports_tools").booleanValue(false), readsCalls,
                caps.path("supports_parallel_tool_calls").booleanValue(false), facts.get("supports_thinking").booleanValue(),
                caps.path("supports_typed_content").booleanValue(false));
    }
}

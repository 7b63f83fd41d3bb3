package io.github.llamaffm.chat;

import io.github.llamaffm.internal.chat.AnswerParser;
import io.github.llamaffm.internal.chat.ChatCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads an answer while it is made: thoughts, text and calls of tools, as upstream's parser of the template tells them apart. It
 * parses all of an answer each time, so it does that less often the longer the answer is, and not at all where more text can only
 * be more of the same. One thread at a time.
 */
final class AnswerReader implements AutoCloseable {

    /** An answer is parsed again when it has grown by one of so many parts: the work grows with its length, not with the square. */
    private static final int PARTS = 1024;

    private final AnswerParser parser;
    private final ParserWords words;
    private final AnswerProgress progress;
    private final StringBuilder text = new StringBuilder();
    private int parsed;

    private AnswerReader(AnswerParser parser, ParserWords words, Supplier<String> ids) {
        this.parser = parser;
        this.words = words;
        this.progress = new AnswerProgress(ids);
    }

    /** A reader of the answer to a prompt; to be closed. */
    static AnswerReader of(PromptTemplate template, RenderedPrompt prompt) {
        return of(template, prompt.params(), ToolCallIds::next);
    }

    /**
     * A reader of the answer to a prompt; to be closed.
     *
     * @param params what {@code lf_chat_apply} gave
     * @param ids for calls that have none in the answer
     */
    static AnswerReader of(PromptTemplate template, JsonNode params, Supplier<String> ids) {
        ParserWords words = new ParserWords(params.get("parser").stringValue());
        return new AnswerReader(template.parser(request(params)), words, ids);
    }

    /** What a parser of answers is made of. */
    static String request(JsonNode params) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        for (String name : List.of("format", "parser", "generation_prompt")) {
            request.set(name, params.get(name));
        }
        return Json.MAPPER.writeValueAsString(request);
    }

    /**
     * What more text brings; often nothing, until more of it shows what it is.
     *
     * @throws TemplateException if no answer begins like this
     */
    List<ChatEvent> accept(String piece) {
        text.append(piece);
        int added = text.length() - parsed;
        if (progress.copies() && parsed + piece.length() == text.length() && words.isPlain(text, parsed)) {
            parsed = text.length();
            return progress.more(piece);
        }
        if (added == 0 || added < text.length() / PARTS || Character.isHighSurrogate(text.charAt(text.length() - 1))) {
            return List.of();
        }
        return progress.update(parse(true), text, false);
    }

    /**
     * The end of the answer.
     *
     * @param cut whether something else than the model ended it: a call of a tool that is not complete is left out then
     * @throws TemplateException if the answer is not what the template asked for
     */
    End finish(boolean cut) {
        ParsedAnswer all = parse(cut);
        try {
            List<ChatEvent> events = new ArrayList<>(progress.update(all, text, true));
            return new End(events, progress.finish(all, cut));
        } catch (ChatCallException e) {
            throw refused(e);
        }
    }

    private ParsedAnswer parse(boolean partial) {
        parsed = text.length();
        try {
            return ParsedAnswer.of(parser.parse(text.toString(), partial));
        } catch (ChatCallException e) {
            throw refused(e);
        }
    }

    private TemplateException refused(ChatCallException e) {
        return new TemplateException("the answer cannot be read: %s; its %d characters are in text()".formatted(e.getMessage(), text.length()),
                text.toString(), e);
    }

    @Override
    public void close() {
        parser.close();
    }

    /**
     * A whole answer.
     *
     * @param events that were not told yet
     * @param message all of it
     */
    record End(List<ChatEvent> events, AssistantMessage message) {

        /** Copies the events. */
        End {
            events = List.copyOf(events);
        }
    }
}

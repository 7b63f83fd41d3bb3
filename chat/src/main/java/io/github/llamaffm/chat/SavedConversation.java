package io.github.llamaffm.chat;

import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import io.github.llamaffm.internal.chat.ChatSequence;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is cached of a conversation, in a file: the text with its tokens, then the state of the sequence.
 *
 * @param name of the file, for messages
 * @param known the text with its tokens
 * @param turnStart tokens before the model's last turn
 * @param state the rest of the file
 */
record SavedConversation(String name, KnownTokens known, int turnStart, StateSource state) {

    private static final String TOKENS = "tokens";

    static void write(CachedConversation conversation, String name, StateSink sink) throws IOException {
        ObjectNode json = conversation.known().toJson();
        json.put("turn", conversation.turnStart());
        Section.write(sink, TOKENS, Json.write(json));
        ((ChatSequence) conversation.sequence()).save(name, sink);
    }

    /** Empty where nothing was saved, or it cannot be used. */
    static Optional<SavedConversation> read(String name, StateSource source) throws IOException {
        if (source.size() == 0) {
            return Optional.empty();
        }
        try {
            Section tokens = Section.read(source, 0, TOKENS);
            JsonNode json = Json.MAPPER.readTree(tokens.text());
            if (!json.path("turn").isInt()) {
                return Optional.empty();
            }
            return Optional.of(new SavedConversation(
                    name, KnownTokens.fromJson(json), json.get("turn").intValue(), from(source, tokens.end())));
        } catch (ChatFileException | JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Puts it into an empty sequence.
     *
     * @return empty where the state is damaged, of another model or other options, or not the one of these tokens
     * @throws NoKvSpaceException if others have the cells that it needs
     */
    Optional<CachedConversation> fill(Sequence sequence) {
        try {
            ((ChatSequence) sequence).restore(name, state);
        } catch (StateException e) {
            return Optional.empty();
        }
        if (turnStart < 0 || turnStart > sequence.length() || !known.fits(sequence.tokens())) {
            return Optional.empty();
        }
        CachedConversation conversation = new CachedConversation(sequence, known);
        conversation.turnStart(turnStart);
        return Optional.of(conversation);
    }

    private static StateSource from(StateSource source, long start) {
        return new StateSource() {
            @Override
            public long size() throws IOException {
                return source.size() - start;
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                source.read(start + position, into);
            }
        };
    }
}

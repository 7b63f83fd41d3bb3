package io.github.llamaffm.chat;

import io.github.llamaffm.GrammarUse;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A conversation as the model reads it.
 *
 * @param prompt its text
 * @param tokens of the prompt
 * @param grammar that the template asks for: of tools, of a format
 * @param stops texts that end an answer, besides those of the call
 * @param thinking what begins and ends thoughts, where the template has them
 * @param params all that upstream says: what reads the answer needs some of it
 */
record RenderedPrompt(
        Guard.Cut prompt, int[] tokens, Optional<GrammarUse> grammar, List<String> stops, Optional<ThinkingTags> thinking, JsonNode params) {

    /**
     * What is around thoughts.
     *
     * @param start begins them
     * @param ends each of them ends them
     */
    record ThinkingTags(String start, List<String> ends) {

        /** Whether a text begins thoughts that it does not end. */
        boolean areOpenIn(String text) {
            int begun = start.isEmpty() ? -1 : text.lastIndexOf(start);
            return begun >= 0 && ends.stream().allMatch(end -> text.indexOf(end, begun + start.length()) < 0);
        }
    }
}

package io.github.llamaffm.testkit;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An answer cut into pieces that occur once in it and in no other answer: the piece before tells which one comes next.
 *
 * @param pieces the answer; one that the tiny vocabulary has is the only one
 * @param endless whether the first one follows the last one
 */
record Chain(List<String> pieces, boolean endless) {

    /**
     * One for each answer: the same one for equal answers.
     *
     * @param reserved texts that no piece may have
     */
    static Map<ScriptedAnswer, Chain> of(List<ScriptedAnswer> answers, Set<String> reserved) {
        Map<ScriptedAnswer, String> texts = texts(answers);
        Set<String> taken = new HashSet<>(Vocabulary.tiny().tokens());
        reserved.forEach(text -> taken.add(BytePairVocabulary.encoded(text)));
        // What is left to an answer whose pieces are all taken is to be a piece itself.
        texts.values().forEach(text -> taken.add(BytePairVocabulary.encoded(text)));
        Map<ScriptedAnswer, Chain> chains = new LinkedHashMap<>();
        texts.forEach((answer, text) -> chains.put(answer, new Chain(Script.cut(text, taken), answer.endless())));
        return chains;
    }

    /** All of them differ, and endless ones are none of the vocabulary's, which other texts have too. */
    private static Map<ScriptedAnswer, String> texts(List<ScriptedAnswer> answers) {
        Set<String> taken = answers.stream().filter(answer -> !answer.endless()).map(ScriptedAnswer::text).collect(Collectors.toSet());
        Map<ScriptedAnswer, String> texts = new LinkedHashMap<>();
        for (ScriptedAnswer answer : answers) {
            if (!answer.endless()) {
                texts.put(answer, answer.text());
            } else if (!texts.containsKey(answer)) {
                String text = answer.text();
                while (Vocabulary.tiny().tokens().contains(BytePairVocabulary.encoded(text)) || !taken.add(text)) {
                    text += answer.text();
                }
                texts.put(answer, text);
            }
        }
        return texts;
    }
}

package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The text of a conversation with its tokens: those of an answer are the ones that the model made, though the tokenizer may put
 * the same text into others.
 */
final class KnownTokens {

    private Guard.Cut prompt = new Guard.Cut("", new int[0]);

    /** The prompt, and its answer once there is one. */
    private String text = "";

    private int[] tokens = {};

    /** Ascending. */
    private final List<Answer> answers = new ArrayList<>();

    /**
     * An answer in the text.
     *
     * @param start its first character
     * @param end behind its last one, before what ended it
     * @param tokens until there, from the start of the text on
     */
    private record Answer(int start, int end, int tokens) {}

    KnownTokens copy() {
        KnownTokens copy = new KnownTokens();
        copy.prompt = prompt;
        copy.text = text;
        copy.tokens = tokens;
        copy.answers.addAll(answers);
        return copy;
    }

    /** The tokens of a prompt, with the known ones of answers where the prompt repeats the text. */
    int[] of(Guard.Cut next, PromptTokens tokenizer) {
        int common = commonChars(next.text());
        for (Answer answer : answers.reversed()) {
            if (isRepeated(answer, next, common)) {
                return concat(Arrays.copyOf(tokens, answer.tokens()), tokenizer.from(next, answer.end()));
            }
        }
        return tokenizer.of(next);
    }

    /** From now on this is about another prompt, of which some answers are known. */
    void begins(Guard.Cut next, int[] itsTokens) {
        int common = commonChars(next.text());
        answers.removeIf(answer -> !isRepeated(answer, next, common));
        prompt = next;
        text = next.text();
        tokens = itsTokens;
    }

    /** The model answered the prompt. */
    void answered(String answer, int[] itsTokens) {
        int start = text.length();
        text += answer;
        tokens = concat(tokens, itsTokens);
        answers.add(new Answer(start, text.length(), tokens.length));
    }

    /** Everything, for a file. */
    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("text", text);
        ArrayNode cuts = json.putArray("places");
        Arrays.stream(prompt.places()).forEach(cuts::add);
        ArrayNode all = json.putArray("tokens");
        Arrays.stream(tokens).forEach(all::add);
        ArrayNode ranges = json.putArray("answers");
        answers.forEach(answer -> ranges.addArray().add(answer.start()).add(answer.end()).add(answer.tokens()));
        return json;
    }

    /** @throws IllegalArgumentException if that was not written by {@link #toJson()} */
    static KnownTokens fromJson(JsonNode json) {
        KnownTokens known = new KnownTokens();
        if (!json.path("text").isString()) {
            throw new IllegalArgumentException("there is no text");
        }
        known.text = json.get("text").stringValue();
        known.prompt = new Guard.Cut(known.text, numbers(json.path("places")));
        known.tokens = numbers(json.path("tokens"));
        int chars = 0;
        int behind = 0;
        for (JsonNode range : json.path("answers")) {
            int[] numbers = numbers(range);
            if (numbers.length != 3 || numbers[0] < chars || numbers[1] < numbers[0] || numbers[1] > known.text.length()
                    || numbers[2] < behind || numbers[2] > known.tokens.length) {
                throw new IllegalArgumentException("an answer is at " + Arrays.toString(numbers));
            }
            chars = numbers[1];
            behind = numbers[2];
            known.answers.add(new Answer(numbers[0], numbers[1], numbers[2]));
        }
        return known;
    }

    /** Whether the two are one conversation, as far as both go. */
    boolean fits(int[] computed) {
        int mismatch = Arrays.mismatch(computed, tokens);
        return mismatch < 0 || mismatch == Math.min(computed.length, tokens.length);
    }

    private static int[] numbers(JsonNode array) {
        int[] numbers = new int[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!array.get(i).isInt() || array.get(i).intValue() < 0) {
                throw new IllegalArgumentException("that is no number");
            }
            numbers[i] = array.get(i).intValue();
        }
        return numbers;
    }

    private int commonChars(String other) {
        int most = Math.min(text.length(), other.length());
        for (int i = 0; i < most; i++) {
            if (text.charAt(i) != other.charAt(i)) {
                return i;
            }
        }
        return most;
    }

    /** What was cut elsewhere has other tokens: the same text may be a marker here and words of a user there. */
    private boolean isRepeated(Answer answer, Guard.Cut next, int common) {
        return answer.end() <= common && Arrays.equals(before(answer.start(), prompt), before(answer.start(), next));
    }

    private static int[] before(int end, Guard.Cut cut) {
        return Arrays.stream(cut.places()).filter(place -> place < end).toArray();
    }

    private static int[] concat(int[] head, int[] tail) {
        int[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }
}

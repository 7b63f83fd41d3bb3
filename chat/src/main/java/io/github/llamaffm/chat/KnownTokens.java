package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

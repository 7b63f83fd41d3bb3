package io.github.llamaffm.chat;

import io.github.llamaffm.Sequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A sequence that keeps what was evaluated of a conversation. */
final class CachedConversation {

    private Sequence sequence;

    /** What its tokens are the tokens of. */
    private String text = "";

    /** Ends of answers, ascending. */
    private final List<AnswerEnd> answers = new ArrayList<>();

    /** Where a memory that cannot be cut can go back to, oldest first. */
    private final Deque<Sequence> checkpoints = new ArrayDeque<>();

    private long lastUsed;

    CachedConversation(Sequence sequence) {
        this.sequence = sequence;
    }

    /**
     * Where an answer ends, before what ends it.
     *
     * @param chars of the text
     * @param tokens of the sequence
     */
    private record AnswerEnd(int chars, int tokens) {}

    Sequence sequence() {
        return sequence;
    }

    long lastUsed() {
        return lastUsed;
    }

    void used(long when) {
        lastUsed = when;
    }

    /**
     * The tokens of a prompt, with those of the answers that this made as they were made, where the prompt repeats their text: the
     * tokenizer may have put the same text into others.
     */
    int[] tokensOf(RenderedPrompt prompt, PromptTokens tokenizer) {
        Optional<AnswerEnd> kept = answers.reversed().stream()
                .filter(end -> prompt.prompt().text().startsWith(text.substring(0, end.chars())))
                .findFirst();
        if (kept.isEmpty()) {
            return prompt.tokens();
        }
        int[] head = Arrays.copyOf(sequence.tokens(), kept.get().tokens());
        int[] tail = tokenizer.from(prompt.prompt(), kept.get().chars());
        int[] tokens = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, tokens, head.length, tail.length);
        return tokens;
    }

    /** How many tokens of a prompt are here. */
    int commonPrefix(int[] tokens) {
        int mismatch = Arrays.mismatch(sequence.tokens(), tokens);
        return mismatch < 0 ? tokens.length : mismatch;
    }

    /** From now on this is about another text, of which some answers are kept. */
    void begins(String prompt) {
        answers.removeIf(end -> end.chars() > prompt.length() || !prompt.startsWith(text.substring(0, end.chars())));
        text = prompt;
    }

    /** An answer was made. */
    void answered(String answer, int tokens) {
        text += answer;
        answers.add(new AnswerEnd(text.length(), tokens));
    }

    /** Keeps the sequence as it is now, for later. */
    void addCheckpoint(int most) {
        while (checkpoints.size() >= most) {
            checkpoints.removeFirst().close();
        }
        checkpoints.addLast(sequence.fork());
    }

    /**
     * Goes back to the newest checkpoint of at most so many tokens.
     *
     * @return whether there is one
     */
    boolean restore(int length) {
        while (!checkpoints.isEmpty() && checkpoints.getLast().length() > length) {
            checkpoints.removeLast().close();
        }
        if (checkpoints.isEmpty()) {
            return false;
        }
        sequence.close();
        sequence = checkpoints.getLast().fork();
        return true;
    }

    /** Gives its sequences back. */
    void close() {
        checkpoints.forEach(Sequence::close);
        checkpoints.clear();
        sequence.close();
    }
}

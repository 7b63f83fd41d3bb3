package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Ends thoughts after so many tokens, as upstream's {@code common/reasoning-budget.cpp} does: it counts from what begins them, lets a
 * character that was begun become whole, and then leaves no choice but what ends them. Thoughts that begin again have the whole
 * budget again. The first link of its chain.
 */
final class ThinkingBudget implements CandidateSampler {

    private final Tokenizer tokenizer;
    private final int[] start;
    private final List<int[]> ends;
    private final int[] written;
    private final int budget;

    /** The last tokens, the newest one last. */
    private final int[] recent;

    private State state = State.IDLE;
    private int left;
    private int forced;

    /** What is accepted before is the prompt, of which only its end counts. */
    private boolean answering;

    private enum State { IDLE, COUNTING, ENDING_CHARACTER, FORCING }

    /** Of the answer to a prompt; empty: its template has no thoughts. */
    static Optional<ThinkingBudget> of(Tokenizer tokenizer, RenderedPrompt prompt, int budget) {
        return prompt.thinking().filter(tags -> !tags.start().isEmpty())
                .map(tags -> new ThinkingBudget(tokenizer, tags, prompt.params().path("generation_prompt").asString(""), budget));
    }

    ThinkingBudget(Tokenizer tokenizer, RenderedPrompt.ThinkingTags tags, String written, int budget) {
        this(tokenizer, tokenizer.encode(tags.start(), false, true),
                tags.ends().stream().map(end -> tokenizer.encode(end, false, true)).toList(), tokenizer.encode(written, false, true), budget);
    }

    private ThinkingBudget(Tokenizer tokenizer, int[] start, List<int[]> ends, int[] written, int budget) {
        this.tokenizer = tokenizer;
        this.start = start;
        this.ends = ends;
        this.written = written;
        this.budget = budget;
        this.recent = new int[Math.max(start.length, ends.stream().mapToInt(end -> end.length).max().orElse(0))];
        reset();
    }

    @Override
    public void apply(Candidates candidates) {
        if (!answering) {
            begin();
        }
        if (state != State.FORCING) {
            return;
        }
        int token = ends.getFirst()[forced];
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i) != token) {
                candidates.logit(i, Float.NEGATIVE_INFINITY);
            }
        }
    }

    @Override
    public void accept(int token) {
        if (answering) {
            next(token);
        }
    }

    @Override
    public void reset() {
        state = State.IDLE;
        answering = false;
        forget();
    }

    @Override
    public CandidateSampler copy() {
        ThinkingBudget copy = new ThinkingBudget(tokenizer, start, ends, written, budget);
        System.arraycopy(recent, 0, copy.recent, 0, recent.length);
        copy.state = state;
        copy.left = left;
        copy.forced = forced;
        copy.answering = answering;
        return copy;
    }

    private void begin() {
        answering = true;
        for (int token : written) {
            next(token);
        }
    }

    private void next(int token) {
        System.arraycopy(recent, 1, recent, 0, recent.length - 1);
        recent[recent.length - 1] = token;
        switch (state) {
            case IDLE -> {
                if (endsWith(start)) {
                    change(State.COUNTING);
                    left = budget;
                }
            }
            case COUNTING, ENDING_CHARACTER -> {
                left--;
                if (ends.stream().anyMatch(this::endsWith)) {
                    change(State.IDLE);
                } else if (left <= 0) {
                    change(isWhole(token) ? State.FORCING : State.ENDING_CHARACTER);
                    forced = 0;
                }
            }
            case FORCING -> {
                forced++;
                if (forced == ends.getFirst().length) {
                    change(State.IDLE);
                }
            }
        }
    }

    private void change(State to) {
        if (to != state) {
            forget();
        }
        state = to;
    }

    private void forget() {
        Arrays.fill(recent, -1);
    }

    private boolean endsWith(int[] tokens) {
        int from = recent.length - tokens.length;
        return tokens.length > 0 && Arrays.equals(recent, from, recent.length, tokens, 0, tokens.length);
    }

    /** Whether no character goes on behind the token, as far as it alone can tell. */
    private boolean isWhole(int token) {
        byte[] piece = tokenizer.piece(token);
        for (int back = 1; back <= Math.min(4, piece.length); back++) {
            int first = piece[piece.length - back] & 0xFF;
            if (first < 0x80) {
                return true;
            }
            if (first >= 0xC0) {
                return back >= (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2);
            }
        }
        return true;
    }
}

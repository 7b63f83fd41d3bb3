package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.internal.chat.GrammarHold;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Ends thoughts after so many tokens, as upstream's {@code common/reasoning-budget.cpp} does: it counts from what begins them, lets a
 * character that was begun become whole, and then leaves no choice but what ends them. Thoughts that begin again have the whole
 * budget again. While a model thinks, no grammar begins that waits for its trigger. The first link of its chain.
 *
 * <p>It looks for texts, as what reads the answer does: upstream's looks for tokens, of which some vocabularies join those of a tag
 * with what is behind it.
 */
final class ThinkingBudget implements CandidateSampler, GrammarHold {

    private final Tokenizer tokenizer;
    private final TokenText tags;
    private final String start;
    private final List<String> ends;
    private final int[] end;
    private final int[] written;
    private final int budget;

    /** Whether a grammar holds from the first token on: then its answer may speak of thoughts, but they only come before it. */
    private final boolean onlyFirst;

    private State state = State.IDLE;
    private int left;
    private int forced;
    private int shown;

    /** What is accepted before is the prompt, of which only its end counts. */
    private boolean answering;

    /** Whether thoughts may begin. */
    private boolean open = true;

    private enum State { IDLE, COUNTING, ENDING_CHARACTER, FORCING }

    /** Of the answer to a prompt; empty: it has no thoughts that anything depends on. */
    static Optional<ThinkingBudget> of(Tokenizer tokenizer, RenderedPrompt prompt, OptionalInt budget) {
        boolean waits = prompt.grammar().filter(use -> !use.triggers().isEmpty()).isPresent();
        return prompt.thinking()
                .filter(tags -> !tags.start().isEmpty() && (budget.isPresent() || waits))
                .map(tags -> new ThinkingBudget(tokenizer, tags, prompt.params().path("generation_prompt").asString(""),
                        budget.orElse(Integer.MAX_VALUE), prompt.grammar().isPresent() && !waits));
    }

    ThinkingBudget(Tokenizer tokenizer, RenderedPrompt.ThinkingTags tags, String written, int budget, boolean onlyFirst) {
        this(tokenizer, TokenText.bytes(tags.start()), tags.ends().stream().map(TokenText::bytes).toList(),
                tokenizer.encode(tags.ends().getFirst(), false, true), tokenizer.encode(written, false, true), budget, onlyFirst);
    }

    private ThinkingBudget(Tokenizer tokenizer, String start, List<String> ends, int[] end, int[] written, int budget, boolean onlyFirst) {
        this.tokenizer = tokenizer;
        this.tags = new TokenText(tokenizer);
        this.start = start;
        this.ends = ends;
        this.end = end;
        this.written = written;
        this.budget = budget;
        this.onlyFirst = onlyFirst;
    }

    @Override
    public void apply(Candidates candidates) {
        if (!answering) {
            begin();
        }
        if (state != State.FORCING || !isLeft(candidates, end[forced])) {
            return;
        }
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i) != end[forced]) {
                candidates.logit(i, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Where a grammar forbids what ends thoughts, these are none. */
    private static boolean isLeft(Candidates candidates, int token) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i) == token) {
                return candidates.logit(i) != Float.NEGATIVE_INFINITY;
            }
        }
        return false;
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
        open = true;
        tags.forget();
    }

    @Override
    public CandidateSampler copy() {
        ThinkingBudget copy = new ThinkingBudget(tokenizer, start, ends, end, written, budget, onlyFirst);
        copy.tags.takeOver(tags);
        copy.state = state;
        copy.left = left;
        copy.forced = forced;
        copy.shown = shown;
        copy.answering = answering;
        copy.open = open;
        return copy;
    }

    @Override
    public int shown() {
        return shown;
    }

    @Override
    public void begun() {
        state = State.IDLE;
        open = false;
    }

    /** What the prompt has of the answer may end thoughts itself, so nothing is forced in it. */
    private void begin() {
        for (int token : written) {
            next(token);
        }
        answering = true;
        if (state == State.IDLE) {
            tags.forget();
        } else if (left <= 0) {
            force();
        }
    }

    private void next(int token) {
        tags.add(token);
        shown = Math.max(1, tags.added());
        switch (state) {
            case IDLE -> idle();
            case COUNTING, ENDING_CHARACTER -> count(token);
            case FORCING -> forced(token);
        }
    }

    private void idle() {
        if (open && tags.find(List.of(start)) > 0) {
            state = State.COUNTING;
            left = budget;
            if (left <= 0 && answering) {
                force();
            }
        } else if (onlyFirst && answering && tags.hasMoreThan(start.length())) {
            open = false;
        }
    }

    private void count(int token) {
        left--;
        int found = tags.find(ends);
        if (found > 0) {
            ended(found);
            return;
        }
        shown = 0;
        if (left <= 0 && answering) {
            if (isWhole(tokenizer.piece(token))) {
                force();
            } else {
                state = State.ENDING_CHARACTER;
            }
        }
    }

    private void force() {
        state = State.FORCING;
        forced = 0;
        tags.forget();
    }

    private void forced(int token) {
        if (token != end[forced]) {
            begun();
            return;
        }
        forced++;
        int found = tags.find(ends);
        if (forced == end.length) {
            ended(Math.max(1, found));
        } else {
            shown = 0;
        }
    }

    /** So many bytes ago they came to their end, which may be what a grammar waits for. */
    private void ended(int bytes) {
        state = State.IDLE;
        shown = bytes;
        if (onlyFirst && answering) {
            open = false;
        }
    }

    /** Whether no character goes on behind the piece, as far as it alone can tell. */
    private static boolean isWhole(byte[] piece) {
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

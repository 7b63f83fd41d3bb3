package io.github.llamaffm.chat;

import io.github.llamaffm.Sequence;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/** A sequence that keeps what was evaluated of a conversation. */
final class CachedConversation {

    private Sequence sequence;
    private final KnownTokens known;

    /** Where a memory that cannot be cut can go back to, oldest first: each has the first tokens of the sequence. */
    private final Deque<Sequence> checkpoints = new ArrayDeque<>();

    /** Tokens before the model's last turn. */
    private int turnStart;

    private Optional<ConversationKey> key = Optional.empty();

    CachedConversation(Sequence sequence) {
        this(sequence, new KnownTokens());
    }

    CachedConversation(Sequence sequence, KnownTokens known) {
        this.sequence = sequence;
        this.known = known;
    }

    Sequence sequence() {
        return sequence;
    }

    KnownTokens known() {
        return known;
    }

    int length() {
        return sequence.length();
    }

    boolean isOf(ConversationKey chat) {
        return key.filter(chat::equals).isPresent();
    }

    void key(Optional<ConversationKey> chat) {
        key = chat;
    }

    int turnStart() {
        return turnStart;
    }

    void turnStart(int tokens) {
        turnStart = tokens;
    }

    /** Whether it can be used with what is computed with such adapters. */
    boolean fits(long adapters) {
        return sequence.length() == 0 || sequence.adaptersFingerprint() == adapters;
    }

    /** How many tokens of a prompt are here. */
    int commonPrefix(int[] tokens) {
        int mismatch = Arrays.mismatch(sequence.tokens(), tokens);
        return mismatch < 0 ? tokens.length : mismatch;
    }

    /** The most tokens, up to a length, that this can go back to. */
    int reach(int length) {
        if (sequence.canTruncate(length)) {
            return length;
        }
        return checkpoints.stream().mapToInt(Sequence::length).filter(tokens -> tokens <= length).max().orElse(0);
    }

    /**
     * Goes back to a length that {@link #reach} gave.
     *
     * @return whether that took a checkpoint
     */
    boolean goTo(int length) {
        boolean cut = sequence.canTruncate(length);
        if (cut) {
            sequence.truncate(length);
        }
        while (!checkpoints.isEmpty() && checkpoints.getLast().length() > length) {
            checkpoints.removeLast().close();
        }
        if (!cut) {
            // A fork may be cancelled: then a checkpoint is missing, and no more.
            sequence.close();
            sequence = checkpoints.removeLast();
            checkpoints.addLast(sequence.fork());
        }
        return !cut;
    }

    /** Another one with the first tokens of this, as many as {@link #reach} gave. */
    CachedConversation forkAt(int length) {
        boolean cut = sequence.canTruncate(length);
        Sequence origin = cut
                ? sequence
                : checkpoints.stream().filter(checkpoint -> checkpoint.length() == length).findFirst().orElseThrow();
        CachedConversation fork = new CachedConversation(origin.fork(), known.copy());
        boolean done = false;
        try {
            if (cut) {
                // Where a state cannot be cut once it is shared, this clears the fork.
                fork.sequence.truncate(length);
            }
            done = true;
            return fork;
        } finally {
            if (!done) {
                fork.close();
            }
        }
    }

    /** Keeps the sequence as it is now, for later. */
    void addCheckpoint(int most) {
        while (checkpoints.size() >= most) {
            checkpoints.removeFirst().close();
        }
        checkpoints.addLast(sequence.fork());
    }

    /** Gives up what is oldest of the checkpoints; whether there was one. */
    boolean dropCheckpoint() {
        if (checkpoints.isEmpty()) {
            return false;
        }
        checkpoints.removeFirst().close();
        return true;
    }

    /** Gives its sequences back. */
    void close() {
        checkpoints.forEach(Sequence::close);
        checkpoints.clear();
        sequence.close();
    }
}

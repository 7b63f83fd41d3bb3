package io.github.llamaffm.chat;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.internal.chat.CacheLookup;
import io.github.llamaffm.internal.chat.ChatContext;
import io.github.llamaffm.internal.chat.ChatSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conversations that a context keeps: the least recently used ones make room for others. Used by whoever has the turn. */
final class ConversationCache {

    private final Context context;
    private final PromptTokens tokenizer;
    private final int most;
    private final int checkpoints;

    /** The least recently used one first. */
    private final List<CachedConversation> conversations = new ArrayList<>();

    /**
     * An empty one.
     *
     * @param most conversations
     * @param checkpoints of each
     */
    ConversationCache(Context context, PromptTokens tokenizer, int most, int checkpoints) {
        this.context = context;
        this.tokenizer = tokenizer;
        this.most = most;
        this.checkpoints = checkpoints;
    }

    /**
     * Where a prompt starts.
     *
     * @param conversation its sequence has the first tokens of the prompt, and not all
     * @param tokens of the prompt
     * @param turnStart how many come before the model's turn
     * @param restored whether the memory went back to a checkpoint
     * @param restarted whether there were tokens of it in the cache, to which the memory could not go back
     */
    record Start(CachedConversation conversation, int[] tokens, int turnStart, boolean restored, boolean restarted) {}

    /**
     * How far a conversation has the tokens of a prompt.
     *
     * @param common tokens, without the last one of the prompt, which is evaluated always
     * @param reach tokens that it can go back to
     */
    private record Match(CachedConversation conversation, int[] tokens, int common, int reach) {}

    Context context() {
        return context;
    }

    int checkpoints() {
        return checkpoints;
    }

    int size() {
        return conversations.size();
    }

    /**
     * Finds what is cached of a prompt and makes a sequence that has it and nothing else.
     *
     * @throws CancelledException if the thread was interrupted: what is cached can be used on
     */
    Start start(RenderedPrompt prompt, long adapters, Optional<ConversationKey> key) {
        CacheLookup lookup = ((ChatContext) context).lookup();
        // Of those that are alike the most recently used one is taken.
        List<Match> matches = conversations.reversed().stream()
                .filter(conversation -> conversation.fits(adapters))
                .map(conversation -> match(conversation, prompt))
                .toList();
        Optional<Match> best = matches.stream()
                .filter(match -> match.reach() > 0)
                .max(Comparator.comparingInt(Match::reach)
                        .thenComparingInt(match -> -match.conversation().length()));
        boolean restarted = best.isEmpty() && matches.stream().anyMatch(match -> match.common() > 0);
        int[] tokens = best.map(Match::tokens).orElseGet(prompt::tokens);
        boolean restored = best.filter(match -> !match.conversation().sequence().canTruncate(match.reach())).isPresent();
        CachedConversation conversation = best.map(this::goOn).orElseGet(this::open);
        use(conversation);
        conversation.key(key);
        int turnStart = turnStart(prompt, conversation.known(), tokens);
        conversation.turnStart(turnStart);
        conversation.known().begins(prompt.prompt(), tokens);
        if (conversation.length() > 0) {
            boolean forked = best.filter(match -> match.conversation() == conversation).isEmpty();
            lookup.hit(tokens.length, conversation.length(), forked, restored);
        } else {
            lookup.missed(tokens.length, restarted);
        }
        return new Start(conversation, tokens, turnStart, restored, restarted);
    }

    private Match match(CachedConversation conversation, RenderedPrompt prompt) {
        int[] tokens = conversation.known().of(prompt.prompt(), tokenizer);
        int common = Math.min(conversation.commonPrefix(tokens), tokens.length - 1);
        return new Match(conversation, tokens, common, conversation.reach(common));
    }

    /** In place where no more than the model's last turn is lost, else in a fork: it costs nothing, and the other one stays. */
    private CachedConversation goOn(Match match) {
        CachedConversation conversation = match.conversation();
        if (most == 1 || match.reach() >= Math.min(conversation.turnStart(), conversation.length())) {
            goTo(conversation, match.reach());
            return conversation;
        }
        makePlace(conversation);
        CachedConversation fork = conversation.forkAt(match.reach());
        conversations.add(fork);
        return fork;
    }

    private void goTo(CachedConversation conversation, int length) {
        boolean whole = false;
        try {
            conversation.goTo(length);
            whole = true;
        } catch (CancelledException e) {
            whole = true;
            throw e;
        } finally {
            if (!whole) {
                drop(conversation);
            }
        }
    }

    private CachedConversation open() {
        makePlace(null);
        CachedConversation conversation = new CachedConversation(context.newSequence());
        conversations.add(conversation);
        return conversation;
    }

    private void makePlace(@Nullable CachedConversation kept) {
        while (conversations.size() >= most) {
            evict(kept);
        }
    }

    private void use(CachedConversation conversation) {
        conversations.remove(conversation);
        conversations.add(conversation);
    }

    /** Tokens before the text with which the template begins an answer; where that cannot be told, all but the last one. */
    private int turnStart(RenderedPrompt prompt, KnownTokens known, int[] tokens) {
        String text = prompt.prompt().text();
        String start = prompt.params().path("generation_prompt").stringValue("");
        if (start.isEmpty() || !text.endsWith(start)) {
            return tokens.length - 1;
        }
        int chars = text.length() - start.length();
        int[] places = Arrays.stream(prompt.prompt().places()).filter(place -> place < chars).toArray();
        int[] before = known.of(new Guard.Cut(text.substring(0, chars), places), tokenizer);
        int mismatch = Arrays.mismatch(before, tokens);
        return mismatch < 0 ? tokens.length - 1 : mismatch;
    }

    /**
     * Frees cells for so many tokens more of a conversation, as long as something else can be given up.
     *
     * @return whether there is room now
     */
    boolean makeRoom(CachedConversation conversation, int tokens) {
        ChatSequence sequence = (ChatSequence) conversation.sequence();
        while (!sequence.hasRoom(tokens)) {
            if (!giveUp(conversation)) {
                return false;
            }
        }
        return true;
    }

    /** Gives up something that is not of a conversation, else a checkpoint of it; whether there was any. */
    boolean giveUp(CachedConversation kept) {
        return evict(kept) || kept.dropCheckpoint();
    }

    /** Drops the least recently used one but this. */
    private boolean evict(@Nullable CachedConversation kept) {
        Optional<CachedConversation> oldest = conversations.stream().filter(conversation -> conversation != kept).findFirst();
        oldest.ifPresent(this::drop);
        return oldest.isPresent();
    }

    void drop(CachedConversation conversation) {
        conversations.remove(conversation);
        conversation.close();
    }

    /** Drops what is of a chat. */
    void release(ConversationKey key) {
        conversations.stream().filter(conversation -> conversation.isOf(key)).toList().forEach(this::drop);
    }

    /** What a chat used last. */
    Optional<CachedConversation> last(ConversationKey key) {
        return conversations.reversed().stream().filter(conversation -> conversation.isOf(key)).findFirst();
    }

    /** Takes in what fills a new sequence, as what a chat used last. Others make room for it. */
    boolean restore(ConversationKey key, SavedConversation saved) {
        makePlace(null);
        Sequence sequence = context.newSequence();
        boolean taken = false;
        try {
            Optional<CachedConversation> filled = fill(sequence, saved);
            filled.ifPresent(conversation -> {
                conversation.key(Optional.of(key));
                use(conversation);
            });
            taken = filled.isPresent();
            return taken;
        } finally {
            if (!taken) {
                sequence.close();
            }
        }
    }

    private Optional<CachedConversation> fill(Sequence sequence, SavedConversation saved) {
        while (true) {
            try {
                return saved.fill(sequence);
            } catch (NoKvSpaceException e) {
                if (!evict(null)) {
                    return Optional.empty();
                }
            }
        }
    }
}

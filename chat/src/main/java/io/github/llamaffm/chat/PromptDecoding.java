package io.github.llamaffm.chat;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Tokenizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;

/** One prompt on its conversation: evaluates what is new of it, then makes the answer. */
final class PromptDecoding {

    /** Cells are made free for so many tokens at once: one step may sample several that have no text. */
    private static final int RESERVE = 128;

    private final ConversationCache cache;
    private final DecodeRequest request;
    private final DecodeListener listener;
    private final CachedConversation conversation;
    private final int[] tokens;
    private final int turnStart;
    private final int cached;
    private final Duration waiting;
    private final long start = System.nanoTime();

    /** Of the answer, once it has one. */
    private long firstToken;

    /** The length up to which there are cells; then they are looked for again. */
    private int roomUntil;

    PromptDecoding(ConversationCache cache, ConversationCache.Start from, DecodeRequest request, Duration waiting, DecodeListener listener) {
        this.cache = cache;
        this.request = request;
        this.listener = listener;
        this.conversation = from.conversation();
        this.tokens = from.tokens();
        this.turnStart = from.turnStart();
        this.cached = conversation.length();
        this.waiting = waiting;
    }

    /** Tokens of the prompt that were in the cache. */
    int cached() {
        return cached;
    }

    /** Tokens of the prompt that are evaluated by now, without those. */
    int evaluated() {
        return Math.max(0, Math.min(conversation.length(), tokens.length) - cached);
    }

    DecodeOutcome run() {
        int at = cached;
        for (int end = nextStop(at); end < tokens.length; end = nextStop(at)) {
            FinishReason reason = evaluate(Arrays.copyOfRange(tokens, at, end));
            if (reason != FinishReason.LENGTH) {
                return outcome(reason, new int[0]);
            }
            at = end;
            listener.evaluated(at - cached, tokens.length - cached);
            if (at == turnStart && cache.checkpoints() > 0) {
                try {
                    conversation.addCheckpoint(cache.checkpoints());
                } catch (CancelledException _) {
                    return outcome(request.stopped(), new int[0]);
                }
            }
        }
        return answer(Arrays.copyOfRange(tokens, at, tokens.length));
    }

    /** A batch at a time, and up to where a checkpoint is taken. */
    private int nextStop(int at) {
        int end = Math.min(tokens.length, at + cache.context().batchSize());
        return cache.checkpoints() > 0 && at < turnStart && turnStart < end ? turnStart : end;
    }

    /** Without an answer: {@link FinishReason#LENGTH} where all of it was computed. */
    private FinishReason evaluate(int[] chunk) {
        GenerateOptions.Builder options = GenerateOptions.builder().maxTokens(0).sampler(SamplerOptions.greedy());
        request.generate().adapters().ifPresent(options::adapters);
        request.generate().cancellation().ifPresent(options::cancellation);
        request.deadline().left().ifPresent(options::timeLimit);
        int before = conversation.length();
        while (true) {
            cache.makeRoom(conversation, chunk.length);
            try (Generation generation = conversation.sequence().generate(chunk, options.build())) {
                return generation.result().reason();
            } catch (NoKvSpaceException e) {
                requireMore(e, before);
            }
        }
    }

    private DecodeOutcome answer(int[] chunk) {
        int before = conversation.length();
        while (true) {
            makeRoom(chunk.length + 1);
            try (Generation generation = conversation.sequence().generate(chunk, options())) {
                return answer(generation);
            } catch (NoKvSpaceException e) {
                if (firstToken != 0) {
                    throw e;
                }
                requireMore(e, before);
            }
        }
    }

    private DecodeOutcome answer(Generation generation) {
        Iterator<String> pieces = generation.iterator();
        while (pieces.hasNext()) {
            String piece = pieces.next();
            begun();
            listener.text(piece, conversation.length() - tokens.length);
            if (conversation.length() + 2 >= roomUntil) {
                makeRoom(2);
            }
        }
        GenerationResult result = generation.result();
        int[] made = result.tokens();
        if (made.length > 0) {
            begun();
        }
        keep(result);
        return outcome(result.reason(), made);
    }

    /** The prompt is evaluated. */
    private void begun() {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
            listener.evaluated(tokens.length - cached, tokens.length - cached);
        }
    }

    /** The token that was sampled last is not computed: without it the sequence has what is cached, and no more. */
    private void keep(GenerationResult result) {
        int[] made = result.tokens();
        if (made.length > 0 && conversation.length() == tokens.length + made.length) {
            conversation.sequence().truncate(conversation.length() - 1);
        }
        // What ends at a stop text has tokens of that too, and half a character is no text that a template could repeat.
        if (result.reason() != FinishReason.STOP && !result.text().isEmpty() && result.text().indexOf('\uFFFD') < 0) {
            conversation.known().answered(result.text(), endsUnseen(result) ? Arrays.copyOf(made, made.length - 1) : made);
        }
    }

    private boolean endsUnseen(GenerationResult result) {
        int last = result.tokens()[result.tokens().length - 1];
        Tokenizer tokenizer = cache.context().model().tokenizer();
        return tokenizer.isEndOfGeneration(last) && !request.generate().visibleTokens().contains(last);
    }

    private GenerateOptions options() {
        GenerateOptions asked = request.generate();
        return new GenerateOptions(asked.maxTokens(), asked.stop(), asked.sampler(), asked.grammar(), request.deadline().left(),
                asked.whenFull(), asked.cancellation(), asked.adapters(), asked.visibleTokens());
    }

    /** For at least so many tokens more, and some in advance. */
    private void makeRoom(int tokensMore) {
        int reserve = Math.min(RESERVE, cache.context().sequenceSize() / 8);
        boolean room = cache.makeRoom(conversation, tokensMore + reserve);
        roomUntil = room ? conversation.length() + tokensMore + reserve : Integer.MAX_VALUE;
    }

    /** @throws NoKvSpaceException if there is nothing left to give up, or the sequence could not go back: what came before is lost */
    private void requireMore(NoKvSpaceException failure, int before) {
        if (conversation.length() != before || !cache.giveUp(conversation)) {
            throw failure;
        }
    }

    private DecodeOutcome outcome(FinishReason reason, int[] made) {
        long end = System.nanoTime();
        long first = firstToken == 0 ? end : firstToken;
        return new DecodeOutcome(reason, made, tokens.length, cached, waiting,
                Duration.ofNanos(first - start), Duration.ofNanos(end - first));
    }
}

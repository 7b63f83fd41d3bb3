package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.KvType;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What tests ask with, and read from answers. */
final class Asked {

    private Asked() {}

    /** A context that computes the same, whatever parts a prompt comes in: half floats would be rounded in other places. */
    static ContextOptions exact(int contextSize) {
        return ContextOptions.builder().contextSize(contextSize).threads(1)
                .keyType(KvType.F32).valueType(KvType.F32).flashAttention(FlashAttention.OFF).build();
    }

    /** Greedy, with the ids of the answer. */
    static AskOptions.Values greedy(int tokens) {
        return AskOptions.maxTokens(tokens).sampler(SamplerOptions.greedy()).logProbabilities(0);
    }

    /** Answers with these tokens, whatever the model wants to say. */
    static AskOptions.Values forced(int... tokens) {
        return AskOptions.sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> new Forced(tokens)))).logProbabilities(0);
    }

    /** The tokens of an answer. */
    static int[] ids(Answer answer) {
        return answer.probabilities().stream().mapToInt(TokenProbability::token).toArray();
    }

    /** Messages of user and assistant in turn. */
    static List<Message> talk(String... texts) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            messages.add(i % 2 == 0 ? Message.user(texts[i]) : Message.assistant(texts[i]));
        }
        return messages;
    }

    static List<Message> with(List<Message> messages, Message... more) {
        List<Message> all = new ArrayList<>(messages);
        all.addAll(Arrays.asList(more));
        return all;
    }

    static Answer answer(ChatModel chatModel, List<Message> messages, AskOptions options) {
        try (Reply reply = chatModel.reply(messages, options)) {
            return reply.answer();
        }
    }

    static int commonPrefix(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    static int[] concat(int[] head, int[] tail) {
        int[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    private static final class Forced implements CandidateSampler {
        private final int[] tokens;
        private int next;
        private boolean chosen;

        Forced(int[] tokens) {
            this.tokens = tokens;
        }

        @Override
        public void apply(Candidates candidates) {
            chosen = true;
            candidates.select(tokens[next]);
        }

        @Override
        public void accept(int token) {
            // Those of the prompt come first.
            if (chosen) {
                chosen = false;
                next++;
            }
        }
    }
}

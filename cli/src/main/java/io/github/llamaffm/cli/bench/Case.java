package io.github.llamaffm.cli.bench;

import io.github.llamaffm.ContextOptions;

/** One test. It has a context of its own. */
sealed interface Case {

    Setting setting();

    /** As the table shows it. */
    String name();

    ContextOptions contextOptions();

    /**
     * What llama-bench measures.
     *
     * @param prompt tokens that are computed at once
     * @param generated tokens that are computed one by one, after those
     * @param depth tokens that are there before
     */
    record OfTokens(Setting setting, Sampling sampling, int prompt, int generated, int depth) implements Case {

        @Override
        public String name() {
            String what = prompt == 0 ? "tg" + generated : generated == 0 ? "pp" + prompt : "pp" + prompt + "+tg" + generated;
            return depth == 0 ? what : what + " @ d" + depth;
        }

        @Override
        public ContextOptions contextOptions() {
            return setting.contextOptions().contextSize(Math.addExact(Math.addExact(prompt, generated), depth)).build();
        }
    }

    /**
     * What llama-batched-bench measures.
     *
     * @param prompt tokens of each sequence that are computed at once
     * @param generated tokens of each sequence that are computed one by one, those of all sequences together
     */
    record OfSequences(Setting setting, int prompt, int generated, int sequences) implements Case {

        @Override
        public String name() {
            return "pp" + prompt + "+tg" + generated + " x" + sequences;
        }

        /** Each sequence has cells of its own, as by default in llama-batched-bench. */
        @Override
        public ContextOptions contextOptions() {
            return setting.contextOptions()
                    .contextSize(Math.multiplyExact(sequences, Math.addExact(prompt, generated)))
                    .maxSequences(sequences)
                    .unifiedCache(false)
                    .build();
        }
    }
}

package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;

/** What llama-bench times: random tokens in, nothing out. */
final class TokenLoop {

    private final Context context;
    private final Sequence sequence;
    private final Batch batch;
    private final RandomTokens tokens;
    private final boolean awaits;

    /** @param awaits whether a decode may return before it is computed */
    TokenLoop(Context context, Sequence sequence, Batch batch, RandomTokens tokens, boolean awaits) {
        this.context = context;
        this.sequence = sequence;
        this.batch = batch;
        this.tokens = tokens;
        this.awaits = awaits;
    }

    /** As test_prompt of llama-bench: batches as large as may be, each with output of its last token only. */
    void prompt(int length) {
        int done = 0;
        while (done < length) {
            int rows = Math.min(length - done, batch.capacity());
            batch.clear();
            for (int row = 0; row < rows; row++) {
                batch.add(sequence, done + row == 0 ? tokens.first() : tokens.next(), row == rows - 1);
            }
            context.decode(batch);
            done += rows;
        }
        // A test of generation only has a prompt of no tokens: there is nothing to wait for.
        if (length > 0) {
            await();
        }
    }

    /** As test_gen of llama-bench: token by token. */
    void generate(int length) {
        int token = tokens.first();
        for (int i = 0; i < length; i++) {
            batch.clear();
            batch.add(sequence, token, true);
            context.decode(batch);
            await();
            token = tokens.next();
        }
    }

    /** As llama_synchronize, which is all that this does where it is needed. */
    private void await() {
        if (awaits) {
            context.logits(batch.size() - 1);
        }
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes batches and reads what came out of the last one. For callers inside a call of the context. */
final class Decoder {

    private final NativeContext context;
    private @Nullable NativeBatch lastDecoded;

    /** Counts decodes: a view of outputs is one of these. */
    private long epoch;

    Decoder(NativeContext context) {
        this.context = context;
    }

    /**
     * Computes a batch and counts its rows to their sequences.
     *
     * @return false where it was stopped: then nothing changed
     */
    boolean decode(NativeBatch batch, Stop stop) {
        boolean memory = context.traits().memory();
        if (memory) {
            context.sequences().requireRoom(batch.size());
        }
        lastDecoded = null;
        epoch++;
        int status;
        stop.lend();
        try {
            status = LlamaFfm.lf_decode(context.pointer(), batch.struct());
        } finally {
            stop.takeBack();
        }
        if (status == 0) {
            lastDecoded = batch;
            if (memory) {
                context.sequences().decoded(batch);
            }
            return true;
        }
        if (isStopped(status)) {
            NativeLog.drainExpected();
            context.sequences().rollBack(batch);
            return false;
        }
        NativeError error = status <= LlamaFfm.LF_ERROR_EXCEPTION()
                ? NativeError.last()
                : new NativeError("llama_decode returned " + status, List.of());
        throw failedDecode(batch, status, error);
    }

    /** llama_decode says 2 where its abort callback stopped it. */
    private static boolean isStopped(int status) {
        return status == 2 || status == LlamaFfm.LF_ERROR_CANCELLED() || status == LlamaFfm.LF_ERROR_SHUTDOWN();
    }

    private LlamaException failedDecode(NativeBatch batch, int status, NativeError error) {
        if (status == LlamaFfm.LF_ERROR_EXCEPTION() || status == LlamaFfm.LF_ERROR_ABORT()) {
            context.poison("decode", error);
            return new DecodeException("decoding %d tokens failed: %s; the context cannot be used any more: close it"
                    .formatted(batch.size(), error.summary()), status, error.log());
        }
        context.sequences().rollBack(batch);
        if (status == 1) {
            return new NoKvSpaceException(batch.size(), context.sequences().freeCells(), context.size(), error.log());
        }
        return new DecodeException("decoding %d tokens failed with code %d: %s"
                .formatted(batch.size(), status, error.summary()), status, error.log());
    }

    long epoch() {
        return epoch;
    }

    /** Of one row of the batch that was decoded last. */
    NativeEmbedding embedding(int row) {
        if (context.traits().isPooled()) {
            throw new IllegalStateException("this context pools the embeddings of a sequence (%s): ask for embedding(Sequence)"
                    .formatted(context.traits().pooling()));
        }
        NativeBatch batch = requireEmbeddings();
        if (row < 0 || row >= batch.size()) {
            throw new IllegalArgumentException("row %d is not one of the %d rows of the last batch".formatted(row, batch.size()));
        }
        return view(LlamaFfm.llama_get_embeddings_ith(context.pointer(), row), context.model().info().outputEmbeddingSize());
    }

    /** Of all rows of a sequence in the batch that was decoded last. */
    NativeEmbedding embedding(NativeSequence sequence) {
        if (context.traits().embeddings() && !context.traits().isPooled()) {
            throw new IllegalStateException("this context does not pool: ask for embedding(int row), or set pooling");
        }
        NativeBatch batch = requireEmbeddings();
        sequence.requireOpen();
        if (batch.rowsOf(sequence.id()) == 0 || batch.sequence(sequence.id()) != sequence) {
            throw new IllegalArgumentException("the sequence has no row in the last batch");
        }
        int size = context.traits().pooling() == Pooling.RANK
                ? context.model().info().traits().rankOutputs()
                : context.model().info().outputEmbeddingSize();
        return view(LlamaFfm.llama_get_embeddings_seq(context.pointer(), sequence.id()), size);
    }

    private NativeBatch requireEmbeddings() {
        if (!context.traits().embeddings()) {
            throw new IllegalStateException("this context is for text: make one with ContextOptions.pooling");
        }
        if (lastDecoded == null) {
            throw new IllegalStateException("the context has decoded nothing, or the last decode failed");
        }
        return lastDecoded;
    }

    private NativeEmbedding view(MemorySegment raw, int size) {
        if (raw.address() == 0) {
            throw new IllegalStateException("llama.cpp has no embedding there");
        }
        return new NativeEmbedding(context, Pointers.view(raw, (long) size * Float.BYTES));
    }

    /** Samples from a row of the batch that was decoded last. */
    int sample(NativeSampler sampler, int row) {
        NativeBatch batch = lastDecoded;
        if (batch == null) {
            throw new IllegalArgumentException("nothing to sample from: the context has decoded nothing, or the decode failed");
        }
        if (row < 0 || row >= batch.size() || !batch.hasLogits(row)) {
            throw new IllegalArgumentException("row %d of the last batch of %d rows did not ask for logits"
                    .formatted(row, batch.size()));
        }
        sampler.enter();
        try {
            int token = LlamaFfm.lf_sampler_sample(sampler.pointer(), context.pointer(), row);
            NativeSampler.require(token, "no token could be sampled");
            return token;
        } finally {
            sampler.exit();
        }
    }
}

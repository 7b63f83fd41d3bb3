package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.NativeLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes batches and reads what came out of the last one. For callers inside a call of the context. */
final class Decoder {

    private final NativeContext context;
    private @Nullable NativeBatch lastDecoded;

    Decoder(NativeContext context) {
        this.context = context;
    }

    /**
     * Computes a batch and counts its rows to their sequences.
     *
     * @return false where it was stopped: then nothing changed
     */
    boolean decode(NativeBatch batch, Stop stop) {
        context.sequences().requireRoom(batch.size());
        lastDecoded = null;
        int status;
        stop.lend();
        try {
            status = LlamaFfm.lf_decode(context.pointer(), batch.struct());
        } finally {
            stop.takeBack();
        }
        if (status == 0) {
            lastDecoded = batch;
            context.sequences().decoded(batch);
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
        if (status == LlamaFfm.LF_ERROR_REMOTE()) {
            context.loseServer("decode", error);
            return RpcException.of("decoding %d tokens failed".formatted(batch.size()), error);
        }
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

package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_row_request;
import io.github.llamaffm.internal.events.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes batches and reads what came out of the last one. For callers inside a call of the context. */
final class Decoder {

    /** What llama_decode returns where there are too few cells. */
    private static final int NO_SLOT = 1;

    /** What it returns for a batch that it refuses. Neither changes anything. */
    private static final int INVALID = -1;

    private final NativeContext context;
    private final ComputePool pool;

    /** Of the last computation, where it was a decode that succeeded: its rows, and those that have logits. */
    private int rows;

    private final BitSet outputs = new BitSet();

    /** Rows of the last computation, where it succeeded: each has an embedding. */
    private int embeddings;

    private @Nullable MemorySegment rowRequest;
    private MemorySegment lastRow = MemorySegment.NULL;

    /** Counts computations: what came out of one is gone with the next. */
    private long computation;

    /** Of the encoder's runs the last one counts: llama.cpp keeps one output. */
    private int encoding;

    Decoder(NativeContext context, ComputePool pool) {
        this.context = context;
        this.pool = pool;
    }

    /**
     * Computes a batch and counts its rows to their sequences.
     *
     * @param rollback that was begun; where this fails or is stopped, it is undone
     * @return false where it was stopped
     */
    boolean decode(NativeBatch batch, Stop stop, Rollback rollback) {
        context.sequences().requireRoom(batch);
        requireEncoded(batch);
        Span span = context.events().decode(batch);
        boolean done = false;
        try {
            done = decode(batch, stop, rollback, span);
            return done;
        } finally {
            span.ends(done);
        }
    }

    private boolean decode(NativeBatch batch, Stop stop, Rollback rollback, Span span) {
        boolean entered = enter(stop);
        span.begins();
        if (!entered) {
            return false;
        }
        int status;
        try {
            context.cache().update(stop);
            status = run(batch, stop, rollback);
            if (status == NO_SLOT && context.cache().dropMasked()) {
                status = run(batch, stop, rollback);
            }
            poisonAfter(status, "decode");
        } finally {
            pool.giveBack();
        }
        if (status == 0) {
            rollback.touch();
            remember(batch);
            rememberEmbeddings(batch);
            context.sequences().decoded(batch);
            return true;
        }
        if (status != NO_SLOT && status != INVALID) {
            rollback.touch();
        }
        if (isStopped(status)) {
            return false;
        }
        throw failedDecode(batch, status, rollback);
    }

    private int run(NativeBatch batch, Stop stop, Rollback rollback) {
        try {
            if (rollback.isStoppable()) {
                stop.lend();
            }
            return LlamaFfm.lf_decode(context.pointer(), batch.struct());
        } finally {
            stop.takeBack();
        }
    }

    /**
     * Runs the encoder over a batch whose sequences are empty.
     *
     * @return false where it was stopped: then the output of the encoder is that of its last run
     */
    boolean encode(NativeBatch batch, Stop stop) {
        Span span = context.events().encode(batch);
        boolean done = false;
        try {
            done = encode(batch, stop, span);
            return done;
        } finally {
            span.ends(done);
        }
    }

    private boolean encode(NativeBatch batch, Stop stop, Span span) {
        boolean entered = enter(stop);
        span.begins();
        if (!entered) {
            return false;
        }
        int status;
        try {
            stop.lend();
            status = LlamaFfm.lf_encode(context.pointer(), batch.encoderStruct());
            poisonAfter(status, "encode");
        } finally {
            stop.takeBack();
            pool.giveBack();
        }
        if (status == 0) {
            encoding++;
            rememberEmbeddings(batch);
            context.sequences().encoded(batch, encoding);
            if (context.isDiffusion()) {
                remember(batch);
            }
            return true;
        }
        if (isStopped(status)) {
            return false;
        }
        throw failure("encoding", batch, status, NativeError.last(), "");
    }

    /** The last output is gone, and this context has its turn; false where it was stopped while it waited for that. */
    private boolean enter(Stop stop) {
        if (!pool.take(stop)) {
            return false;
        }
        pool.attachOrGiveBack(context.pointer());
        rows = 0;
        outputs.clear();
        embeddings = 0;
        computation++;
        return true;
    }

    /** While no other context can come in: its threads may be lost with this one. */
    private void poisonAfter(int status, String operation) {
        if (endsTheContext(status)) {
            context.poison(operation, NativeError.last());
        }
        if (status == LlamaFfm.LF_ERROR_REMOTE()) {
            context.loseServer(operation, NativeError.last());
        }
    }

    /** The batch may be filled anew before its output is read. */
    private void remember(NativeBatch batch) {
        rows = batch.size();
        for (int row = 0; row < rows; row++) {
            outputs.set(row, batch.hasLogits(row));
        }
    }

    private void rememberEmbeddings(NativeBatch batch) {
        if (context.traits().embeddings()) {
            embeddings = batch.size();
            for (int id = 0; id < context.maxSequences(); id++) {
                if (batch.rowsOf(id) > 0) {
                    batch.sequence(id).computedIn(computation);
                }
            }
        }
    }

    /** llama.cpp reads past the end of what no encoder has written. */
    private void requireEncoded(NativeBatch batch) {
        if (context.hasEncoder()) {
            for (int id = 0; id < context.maxSequences(); id++) {
                if (batch.rowsOf(id) > 0 && (encoding == 0 || batch.sequence(id).encoding() != encoding)) {
                    throw new IllegalStateException(("the decoder of this model needs the output of its encoder: encode a batch"
                            + " with sequence %d first, together with all that are decoded after it").formatted(id));
                }
            }
        }
    }

    /** llama_decode says 2 where its abort callback stopped it. */
    private static boolean isStopped(int status) {
        return status == 2 || status == LlamaFfm.LF_ERROR_CANCELLED() || status == LlamaFfm.LF_ERROR_SHUTDOWN();
    }

    private static boolean endsTheContext(int status) {
        return status == LlamaFfm.LF_ERROR_EXCEPTION() || status == LlamaFfm.LF_ERROR_ABORT();
    }

    private LlamaException failedDecode(NativeBatch batch, int status, Rollback rollback) {
        NativeError error = NativeError.last();
        String note = rollback.undo();
        return status == NO_SLOT
                ? context.sequences().noSpace(batch, error.log())
                : failure("decoding", batch, status, error, note);
    }

    private static LlamaException failure(String what, NativeBatch batch, int status, NativeError error, String note) {
        if (status == LlamaFfm.LF_ERROR_REMOTE()) {
            return RpcException.of("%s %d tokens failed".formatted(what, batch.size()), error);
        }
        return endsTheContext(status)
                ? new DecodeException("%s %d tokens failed: %s; the context cannot be used any more: close it"
                        .formatted(what, batch.size(), error.summary()), status, error.log())
                : new DecodeException("%s %d tokens failed with code %d: %s%s"
                        .formatted(what, batch.size(), status, error.summary(), note), status, error.log());
    }

    /** Changes with each computation. */
    long computation() {
        return computation;
    }

    /** Whether the encoder has run. */
    boolean hasEncoded() {
        return encoding > 0;
    }

    /** The sequences start anew: an encoder has to run before they decode. */
    void forgetEncoding() {
        encoding = 0;
    }

    /** A row of the batch that was decoded last. */
    Logits logits(int row) {
        requireOutput(row);
        MemorySegment request = rowRequest(row);
        requireRead(LlamaFfm.lf_logits(request), "logits", row);
        return new NativeLogits(context, computation, rowAt(dataAt(request)));
    }

    private static long dataAt(MemorySegment request) {
        return request.get(ValueLayout.JAVA_LONG, lf_row_request.data$offset());
    }

    private void requireRead(int status, String what, int row) {
        if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
            throw new ShutdownException();
        }
        if (status != 0) {
            NativeError error = NativeError.last();
            if (endsTheContext(status)) {
                context.poison("reading of " + what, error);
            }
            throw new DecodeException("%s %d cannot be read: %s".formatted(what, row, error.summary()), status, error.log());
        }
    }

    /** As a rule the rows of all computations lie at one place: no segment is made for each. */
    private MemorySegment rowAt(long address) {
        MemorySegment row = lastRow;
        if (row.address() != address) {
            row = Pointers.view(MemorySegment.ofAddress(address), (long) context.model().info().vocabularySize() * Float.BYTES);
            lastRow = row;
        }
        return row;
    }

    private MemorySegment rowRequest(int row) {
        MemorySegment request = rowRequest;
        if (request == null) {
            request = lf_row_request.allocate(Arena.ofAuto());
            lf_row_request.context(request, context.pointer());
            rowRequest = request;
        }
        lf_row_request.row(request, row);
        return request;
    }

    /** Of one row of the last computation. */
    NativeEmbedding embedding(int row) {
        requireEmbeddings(false);
        if (row < 0 || row >= embeddings) {
            throw new IllegalArgumentException("row %d is not one of the %d rows of the last batch".formatted(row, embeddings));
        }
        MemorySegment request = rowRequest(row);
        requireRead(LlamaFfm.lf_embedding(request), "embedding", row);
        return view(request, context.model().info().outputEmbeddingSize());
    }

    /** Of all rows of a sequence in the last computation. */
    NativeEmbedding embedding(NativeSequence sequence) {
        requireEmbeddings(true);
        sequence.requireOpen();
        if (sequence.computation() != computation) {
            throw new IllegalArgumentException("the sequence had no row in the last batch");
        }
        int size = context.traits().pooling() == Pooling.RANK
                ? context.model().info().traits().rankOutputs()
                : context.model().info().outputEmbeddingSize();
        MemorySegment request = rowRequest(sequence.id());
        requireRead(LlamaFfm.lf_pooled_embedding(request), "embedding of sequence", sequence.id());
        return view(request, size);
    }

    private void requireEmbeddings(boolean pooled) {
        ContextTraits traits = context.traits();
        if (!traits.embeddings()) {
            throw new IllegalStateException("this context is for text: make one with ContextOptions.pooling");
        }
        if (traits.isPooled() != pooled) {
            throw new IllegalStateException(pooled
                    ? "this context does not pool: ask for embedding(int row), or set another pooling"
                    : "this context pools the embeddings of a sequence (%s): ask for embedding(Sequence)".formatted(traits.pooling()));
        }
        if (embeddings == 0) {
            throw new IllegalStateException("there are no embeddings: the context has decoded nothing, or its last call failed");
        }
    }

    private NativeEmbedding view(MemorySegment request, int size) {
        MemorySegment row = MemorySegment.ofAddress(dataAt(request));
        return new NativeEmbedding(context, computation, Pointers.view(row, (long) size * Float.BYTES));
    }

    /** Samples from a row of the batch that was decoded last; for the only user of the sampler. */
    int sample(NativeSampler sampler, int row) {
        requireOutput(row);
        Span span = context.events().sample(sampler);
        boolean done = false;
        try {
            int token = sampler.sampleRow(context.pointer(), row);
            done = true;
            return token;
        } finally {
            span.ends(done);
        }
    }

    /** What a sampler leaves of a row of the batch that was decoded last; for the only user of the sampler. */
    List<Candidate> candidates(NativeSampler sampler, int row, int most) {
        requireOutput(row);
        return sampler.candidatesOfRow(context.pointer(), row, most);
    }

    private void requireOutput(int row) {
        if (rows == 0) {
            throw new IllegalArgumentException("there are no logits: the context has decoded nothing, or its last call failed");
        }
        if (row < 0 || row >= rows || !outputs.get(row)) {
            throw new IllegalArgumentException("row %d of the last batch of %d rows did not ask for logits"
                    .formatted(row, rows));
        }
    }
}

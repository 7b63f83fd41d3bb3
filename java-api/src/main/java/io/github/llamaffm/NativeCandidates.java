package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_sampler;
import io.github.llamaffm.bindings.generated.llama_token_data;
import io.github.llamaffm.bindings.generated.llama_token_data_array;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The candidates of one native chain: made once, open while one of its samplers edits them. */
final class NativeCandidates implements Candidates {

    private static final long BYTES = llama_token_data.sizeof();
    private static final long TOKEN = llama_token_data.id$offset();
    private static final long LOGIT = llama_token_data.logit$offset();
    private static final long LOG_PROBABILITY = llama_token_data.p$offset();

    private final MemorySegment sampler;
    private final MemorySegment array;
    private final MemorySegment data;
    private boolean open;
    private boolean selects;
    private int size;

    /** A view of the candidates of an {@code lf_sampler}, whose data never moves. */
    NativeCandidates(MemorySegment sampler) {
        this.sampler = sampler;
        this.array = lf_sampler.candidates(sampler);
        this.data = Pointers.view(llama_token_data_array.data(array), lf_sampler.n_vocab(sampler) * BYTES);
    }

    /**
     * Lets a sampler edit them.
     *
     * @param last whether it ends the chain
     */
    void edit(CandidateSampler editor, boolean last) {
        size = (int) llama_token_data_array.size(array);
        selects = last;
        open = true;
        try {
            editor.apply(this);
        } finally {
            open = false;
        }
    }

    /** What {@code lf_sampler_candidates} left. */
    List<Candidate> ranked(int count) {
        List<Candidate> ranked = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = i * BYTES;
            ranked.add(new Candidate(data.get(ValueLayout.JAVA_INT, at + TOKEN), data.get(ValueLayout.JAVA_FLOAT, at + LOGIT),
                    data.get(ValueLayout.JAVA_FLOAT, at + LOG_PROBABILITY)));
        }
        return List.copyOf(ranked);
    }

    @Override
    public int size() {
        requireOpen();
        return size;
    }

    @Override
    public int token(int index) {
        return data.get(ValueLayout.JAVA_INT, at(index) + TOKEN);
    }

    @Override
    public float logit(int index) {
        return data.get(ValueLayout.JAVA_FLOAT, at(index) + LOGIT);
    }

    @Override
    public void logit(int index, float value) {
        long at = at(index);
        if (!(value <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "logit %s of candidate %d: a number is wanted, or negative infinity to exclude it".formatted(value, index));
        }
        llama_token_data_array.sorted(array, false);
        data.set(ValueLayout.JAVA_FLOAT, at + LOGIT, value);
    }

    @Override
    public void remove(int index) {
        long at = at(index);
        long last = (size - 1) * BYTES;
        if (at != last) {
            MemorySegment.copy(data, last, data, at, BYTES);
            llama_token_data_array.sorted(array, false);
        }
        resize(size - 1);
    }

    @Override
    public void truncate(int newSize) {
        requireOpen();
        resize(Objects.checkIndex(newSize, size + 1));
    }

    @Override
    public void sort() {
        requireOpen();
        llama_token_data_array.selected(array, -1);
        NativeSampler.require(LlamaFfm.lf_sampler_sort(sampler), "the candidates cannot be sorted");
    }

    @Override
    public boolean isSorted() {
        requireOpen();
        return llama_token_data_array.sorted(array);
    }

    @Override
    public void select(int index) {
        at(index);
        if (!selects) {
            throw new IllegalStateException("only the last sampler of a chain selects a token");
        }
        llama_token_data_array.selected(array, index);
    }

    private void resize(int newSize) {
        size = newSize;
        llama_token_data_array.size(array, newSize);
        llama_token_data_array.selected(array, -1);
    }

    private long at(int index) {
        requireOpen();
        return Objects.checkIndex(index, size) * BYTES;
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("candidates are valid only while the sampler that got them is called");
        }
    }
}

package io.github.llamaffm.fuzz;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Context;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.Embedding;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Logits;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.Reranker;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import java.util.List;

/**
 * What operations keep for later ones.
 *
 * @param most how many are kept; a further one takes the place of another, which is closed
 */
record Kind<T>(String name, int most) {

    static final Kind<Model> MODEL = new Kind<>("model", 5);
    static final Kind<Context> CONTEXT = new Kind<>("context", 10);
    static final Kind<Sequence> SEQUENCE = new Kind<>("sequence", 24);
    static final Kind<Answer> ANSWER = new Kind<>("generation", 16);
    static final Kind<Batch> BATCH = new Kind<>("batch", 16);
    static final Kind<Sampler> SAMPLER = new Kind<>("sampler", 16);
    static final Kind<LoraAdapter> LORA = new Kind<>("lora", 5);
    static final Kind<ControlVector> VECTOR = new Kind<>("vector", 4);
    static final Kind<Embedder> EMBEDDER = new Kind<>("embedder", 4);
    static final Kind<Reranker> RERANKER = new Kind<>("reranker", 3);
    static final Kind<ThreadPool> POOL = new Kind<>("pool", 2);
    static final Kind<Cancellation> CANCELLATION = new Kind<>("cancellation", 8);
    static final Kind<Grammar> GRAMMAR = new Kind<>("grammar", 8);
    static final Kind<Saved> STATE = new Kind<>("state", 8);
    static final Kind<Logits> LOGITS = new Kind<>("logits", 8);
    static final Kind<Embedding> EMBEDDING = new Kind<>("embedding", 8);
    static final Kind<Candidates> CANDIDATES = new Kind<>("candidates", 4);

    static final List<Kind<?>> ALL = List.of(MODEL, CONTEXT, SEQUENCE, ANSWER, BATCH, SAMPLER, LORA, VECTOR, EMBEDDER, RERANKER,
            POOL, CANCELLATION, GRAMMAR, STATE, LOGITS, EMBEDDING, CANDIDATES);
}

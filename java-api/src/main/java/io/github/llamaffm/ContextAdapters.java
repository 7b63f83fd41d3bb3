package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_adapters_request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The adapters of a context: its own, and those that native code is set to, which may be an earlier request's: setting others
 * makes llama.cpp lay out its buffers anew. For callers inside a call of the context.
 */
final class ContextAdapters {

    static final String USER = "context";

    private final NativeContext context;
    private AdapterSet own = AdapterSet.NONE;
    private AdapterSet inForce = AdapterSet.NONE;

    ContextAdapters(NativeContext context) {
        this.context = context;
    }

    /** What is computed with where a request says nothing else. */
    AdapterSet own() {
        return own;
    }

    void own(AdapterSet adapters) {
        adapters.hold(USER);
        own.release(USER);
        own = adapters;
    }

    /** Fingerprint of what the last batch was computed with. */
    long fingerprint() {
        return inForce.fingerprint();
    }

    /** What is computed next is computed with these. */
    void use(AdapterSet wanted) {
        if (wanted.computesAs(inForce)) {
            return;
        }
        int status = holdAndSet(wanted);
        if (status != LlamaFfm.LF_OK()) {
            if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
                throw new ShutdownException();
            }
            NativeError error = NativeError.last();
            context.poison("change of adapters", error);
            throw new AdapterException("setting %d LoRA adapters failed: %s; the context cannot be used any more: close it"
                    .formatted(wanted.loras().size(), error.summary()), error.log(), null);
        }
        leave();
        inForce = wanted;
        inForce.loras().forEach(lora -> lora.inForce(this, true));
    }

    private void leave() {
        inForce.loras().forEach(lora -> lora.inForce(this, false));
        inForce.release(USER);
    }

    /** Somebody closes an adapter that only an earlier request used. Any thread, and nothing where the context is in use. */
    void backToOwn() {
        if (context.tryEnter()) {
            try {
                if (!context.isPoisoned()) {
                    use(own);
                }
            } finally {
                context.exit();
            }
        }
    }

    /** The native context is gone. */
    void close() {
        leave();
        own.release(USER);
    }

    /** Holds them where native code is set to them. */
    private int holdAndSet(AdapterSet wanted) {
        wanted.hold(USER);
        boolean done = false;
        try {
            int status = set(wanted);
            done = status == LlamaFfm.LF_OK();
            return status;
        } finally {
            if (!done) {
                wanted.release(USER);
            }
        }
    }

    private int set(AdapterSet wanted) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_adapters_request.allocate(arena);
            MemorySegment loras = arena.allocate(ValueLayout.ADDRESS, Math.max(1, wanted.loras().size()));
            for (int i = 0; i < wanted.loras().size(); i++) {
                loras.setAtIndex(ValueLayout.ADDRESS, i, wanted.loras().get(i).pointer());
            }
            lf_adapters_request.context(request, context.pointer());
            lf_adapters_request.loras(request, loras);
            lf_adapters_request.scales(request, arena.allocateFrom(ValueLayout.JAVA_FLOAT, wanted.scales()));
            lf_adapters_request.n_loras(request, wanted.loras().size());
            lf_adapters_request.n_embd(request, context.model().info().embeddingSize());
            if (wanted.vector().length > 0) {
                lf_adapters_request.vector(request, arena.allocateFrom(ValueLayout.JAVA_FLOAT, wanted.vector()));
                lf_adapters_request.vector_length(request, wanted.vector().length);
            }
            return LlamaFfm.lf_adapters_set(request);
        }
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_candidates_request;
import io.github.llamaffm.bindings.generated.lf_sampler;
import io.github.llamaffm.internal.chat.GrammarHold;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A sampler chain in native memory. Native code runs it up to each link that is written in Java, which then edits the
 * candidates without a native call; so there is no upcall, and a chain of native links is one call.
 */
final class NativeSampler extends NativeResource implements Sampler {

    private static final Runnable NOTHING = () -> {};

    private final NativeModel model;
    private final SamplerOptions options;
    private final OptionalInt seed;
    private final MemorySegment struct;
    private final NativeCandidates candidates;
    private final JavaSamplers javaSamplers;
    private final List<PatternTriggers> triggers;

    /** Made for the first token that is accepted alone. */
    private @Nullable MemorySegment oneToken;

    /** Made once, not for each token; the fields below are its arguments and its result. */
    private final Supplier<@Nullable Void> sampleInCall = this::sampleInCall;

    private @Nullable NativeContext context;
    private int row;
    private int token;

    /** Whether a link that is written in Java runs, or may. */
    private boolean busy;

    private NativeSampler(NativeModel model, @Nullable NativeResource parent, SamplerOptions options, OptionalInt seed,
            JavaSamplers javaSamplers, List<PatternTriggers> triggers, Supplier<MemorySegment> create) {
        super("sampler", parent, true, create, LlamaFfm::lf_sampler_free);
        this.model = model;
        this.options = options;
        this.seed = seed;
        this.javaSamplers = javaSamplers;
        this.triggers = triggers;
        boolean made = false;
        try {
            this.struct = Pointers.view(pointer(), lf_sampler.sizeof());
            this.candidates = new NativeCandidates(struct);
            triggers.forEach(trigger -> trigger.watch(lf_sampler.states(struct, trigger.index())));
            made();
            made = true;
        } finally {
            if (!made) {
                abandon();
            }
        }
    }

    /**
     * Makes the natives of a chain, in a call of the model.
     *
     * @param parent that the chain pins; null where its owner closes it
     * @param grammar of the whole answer
     */
    static NativeSampler create(
            NativeModel model, @Nullable NativeResource parent, SamplerOptions options, Optional<GrammarUse> grammar) {
        JavaSamplers javaSamplers = JavaSamplers.of(options.specs());
        try (Arena arena = Arena.ofConfined()) {
            SamplerSeeds seeds = new SamplerSeeds();
            GrammarHold hold = javaSamplers.hold();
            MemorySegment request = new SamplerRequest(model.tokenizer(), arena, seeds, hold != null).write(options.specs(), grammar);
            List<PatternTriggers> triggers = triggers(model.tokenizer(), options, grammar, hold);
            return new NativeSampler(model, parent, options, seeds.seed(), javaSamplers, triggers, () ->
                    requireMade(LlamaFfm.lf_sampler_new(request), "cannot make the sampler chain " + options.specs()));
        }
    }

    private static List<PatternTriggers> triggers(
            NativeTokenizer tokenizer, SamplerOptions options, Optional<GrammarUse> grammar, @Nullable GrammarHold hold) {
        List<PatternTriggers> triggers = new ArrayList<>(2);
        grammar.ifPresent(use -> triggers.add(new PatternTriggers(use, 0, tokenizer, hold)));
        options.specs().forEach(spec -> {
            if (spec instanceof SamplerSpec.GrammarRule(GrammarUse use)) {
                triggers.add(new PatternTriggers(use, 1, tokenizer, hold));
            }
        });
        return triggers;
    }

    @Override
    public SamplerOptions options() {
        return options;
    }

    /** Links of the chain, a grammar of the whole answer not counted. */
    int links() {
        return options.specs().size();
    }

    boolean hasGrammar() {
        return !triggers.isEmpty();
    }

    @Override
    public OptionalInt seed() {
        return seed;
    }

    @Override
    public int sample(Context sampled, int sampledRow) {
        NativeContext nativeContext = requireContext(sampled);
        enter();
        try {
            requireIdle();
            context = nativeContext;
            row = sampledRow;
            nativeContext.call(sampleInCall, NOTHING);
            return token;
        } finally {
            exit();
        }
    }

    private @Nullable Void sampleInCall() {
        NativeContext nativeContext = context;
        if (nativeContext != null) {
            token = nativeContext.decoder().sample(this, row);
        }
        return null;
    }

    /** Chooses and accepts a token from a row that has logits, in a call of the context; for the only user of this. */
    int sampleRow(MemorySegment contextPointer, int rowWithLogits) {
        requireIdle();
        busy = true;
        try {
            int chosen = runJavaSamplers(LlamaFfm.lf_sampler_sample(pointer(), contextPointer, rowWithLogits));
            require(chosen, "no token could be sampled");
            javaSamplers.accept(chosen);
            findTriggers();
            return chosen;
        } finally {
            busy = false;
        }
    }

    private int runJavaSamplers(int result) {
        int status = result;
        while (status == LlamaFfm.LF_SAMPLER_STOPPED()) {
            javaSamplers.apply(lf_sampler.link(struct), candidates);
            status = LlamaFfm.lf_sampler_continue(pointer());
        }
        return status;
    }

    private void findTriggers() {
        boolean found = false;
        for (int i = 0; i < triggers.size(); i++) {
            found |= triggers.get(i).find();
        }
        if (found) {
            require(LlamaFfm.lf_sampler_trigger(pointer()), "the grammar cannot start");
        }
    }

    @Override
    public List<Candidate> candidates(Context sampled, int sampledRow, int most) {
        NativeContext nativeContext = requireContext(sampled);
        Check.range("most", most, 0, Integer.MAX_VALUE);
        enter();
        try {
            requireIdle();
            return nativeContext.call(() -> nativeContext.decoder().candidates(this, sampledRow, most), NOTHING);
        } finally {
            exit();
        }
    }

    /** What is left of a row that has logits, in a call of the context; for the only user of this. */
    List<Candidate> candidatesOfRow(MemorySegment contextPointer, int rowWithLogits, int most) {
        busy = true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_candidates_request.allocate(arena);
            lf_candidates_request.context(request, contextPointer);
            lf_candidates_request.index(request, rowWithLogits);
            lf_candidates_request.most(request, most);
            int count = runJavaSamplers(LlamaFfm.lf_sampler_candidates(pointer(), request));
            require(count, "the candidates cannot be told");
            return candidates.ranked(count);
        } finally {
            busy = false;
        }
    }

    @Override
    public void accept(int... tokens) {
        for (int i = 0; i < tokens.length; i++) {
            model.tokenizer().requireToken(tokens[i], i);
        }
        enter();
        try {
            requireIdle();
            acceptNatively(tokens);
            for (int accepted : tokens) {
                javaSamplers.accept(accepted);
            }
        } finally {
            exit();
        }
    }

    /** One token, as a loop accepts them, without an allocation. */
    private void acceptNatively(int[] tokens) {
        if (tokens.length == 1) {
            MemorySegment token = oneToken;
            if (token == null) {
                token = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
                oneToken = token;
            }
            token.set(ValueLayout.JAVA_INT, 0, tokens[0]);
            acceptNatively(token, 1);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                acceptNatively(arena.allocateFrom(ValueLayout.JAVA_INT, tokens), tokens.length);
            }
        }
    }

    private void acceptNatively(MemorySegment tokens, int count) {
        require(LlamaFfm.lf_sampler_accept(pointer(), tokens, count), "the sampler does not accept the tokens");
    }

    @Override
    public void reset() {
        enter();
        try {
            requireIdle();
            require(LlamaFfm.lf_sampler_reset(pointer()), "the sampler cannot be reset");
            triggers.forEach(PatternTriggers::reset);
            javaSamplers.reset();
        } finally {
            exit();
        }
    }

    @Override
    public Sampler copy() {
        enter();
        try {
            requireIdle();
            JavaSamplers javaCopies = javaSamplers.copy();
            List<PatternTriggers> triggerCopies = triggers.stream().map(trigger -> trigger.copy(javaCopies.hold())).toList();
            return new NativeSampler(model, model, options, seed, javaCopies, triggerCopies, () ->
                    requireMade(LlamaFfm.lf_sampler_copy(pointer()), "cannot copy the sampler chain " + options.specs()));
        } finally {
            exit();
        }
    }

    private NativeContext requireContext(Context sampled) {
        if (!(Leaks.target(sampled) instanceof NativeContext nativeContext) || nativeContext.model() != model) {
            throw new IllegalArgumentException("the context is not one of this sampler's model");
        }
        return nativeContext;
    }

    private void requireIdle() {
        if (busy) {
            throw new IllegalStateException("a sampler that is written in Java cannot use the chain that it is a link of");
        }
    }

    private static MemorySegment requireMade(MemorySegment raw, String what) {
        if (raw.address() == 0) {
            NativeError error = NativeError.last();
            throw error.isShutdown() ? new ShutdownException() : new SamplingException(what + ": " + error.summary(), error.log());
        }
        return raw;
    }

    static void require(int status, String what) {
        if (status >= 0) {
            return;
        }
        if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
            throw new ShutdownException();
        }
        NativeError error = NativeError.last();
        throw new SamplingException(what + ": " + error.summary(), error.log());
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_model_request;
import io.github.llamaffm.bindings.generated.llama_model_params;
import io.github.llamaffm.bindings.generated.llama_progress_callback;
import io.github.llamaffm.internal.NativeLog;
import io.github.llamaffm.internal.events.Cancelled;
import io.github.llamaffm.internal.events.Events;
import io.github.llamaffm.internal.events.LoadSpan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One load of a model. */
final class ModelLoader {

    private static final Logger LOGGER = LoggerFactory.getLogger(Model.class);

    private static final ThreadLocal<Boolean> REPORTING = ThreadLocal.withInitial(() -> false);

    private final ModelSource source;
    private final ModelOptions options;
    private final Cancellation cancellation = Cancellation.create();
    private volatile long cancelledNanos;
    private @Nullable Throwable thrownByListener;

    private ModelLoader(ModelSource source, ModelOptions options) {
        this.source = source;
        this.options = options;
    }

    static Model load(ModelSource source, ModelOptions options) {
        LoadSpan span = Events.load(ModelFiles.nameOf(source), options.vocabularyOnly());
        boolean done = false;
        try {
            NativeModel model = run(source, options, loader -> loader.load((request, files, choice, arena) -> {
                if (!choice.shortfall().isEmpty()) {
                    LOGGER.warn("{}: {}", source, choice.shortfall());
                }
                new LoadRoom(loader, options, files).require(request, arena);
                return new NativeModel(() -> loader.loaded(request), options, files);
            }));
            if (options.requireGpu().isPresent()) {
                keepIf(model, () -> GpuRequirement.requireLayers(options, model.placement(), ""));
            }
            tell(span, model);
            done = true;
            return model;
        } finally {
            span.ends(done);
        }
    }

    /** The caller may have hardly any stack left: then nobody else would close the model. */
    private static void tell(LoadSpan span, NativeModel model) {
        keepIf(model, () -> {
            NativeModelInfo info = model.info();
            span.loaded(model.files().count(), info::sizeInBytes, info::architecture, info::parameterCount);
        });
    }

    private static void keepIf(NativeModel model, Runnable works) {
        boolean done = false;
        try {
            works.run();
            done = true;
        } finally {
            if (!done) {
                model.close();
            }
        }
    }

    /** Who is cancelled twice was cancelled the first time. */
    private void cancel() {
        if (!cancellation.isCancelled()) {
            cancelledNanos = System.nanoTime();
            cancellation.cancel();
        }
    }

    /** What is done with a model that has no weights; it is freed afterwards. */
    interface Use<T> {

        /** @param request that would load the weights */
        T apply(MemorySegment model, MemorySegment request);
    }

    /** Loads what the model says of itself, the same way but without its weights. */
    static <T> T withoutWeights(ModelSource source, ModelOptions options, Use<T> use) {
        return run(source, options, loader -> loader.load((request, _, _, arena) -> loader.withoutWeights(request, arena, use)));
    }

    /** @param request that would load the weights */
    <T> T withoutWeights(MemorySegment request, Arena arena, Use<T> use) {
        MemorySegment model = loaded(withoutWeights(request, arena));
        try {
            return use.apply(model, request);
        } finally {
            LlamaFfm.lf_model_free(model);
        }
    }

    private MemorySegment loaded(MemorySegment request) {
        MemorySegment model = LlamaFfm.lf_model_load(request);
        if (model.address() == 0) {
            throw failure(NativeError.last());
        }
        return model;
    }

    private static MemorySegment withoutWeights(MemorySegment request, Arena arena) {
        MemorySegment copy = lf_model_request.allocate(arena).copyFrom(request);
        MemorySegment params = lf_model_request.params(copy);
        llama_model_params.no_alloc(params, true);
        llama_model_params.load_mode(params, LlamaFfm.LLAMA_LOAD_MODE_NONE());
        llama_model_params.check_tensors(params, false);
        llama_model_params.progress_callback(params, MemorySegment.NULL);
        return copy;
    }

    private static <T> T run(ModelSource source, ModelOptions options, Function<ModelLoader, T> work) {
        ModelLoader loader = new ModelLoader(source, options);
        Runnable cancel = loader::cancel;
        options.cancellation().ifPresent(token -> token.addListener(cancel));
        try (Worker worker = new Worker("llama-ffm-load")) {
            return worker.runAside(() -> work.apply(loader), cancel);
        } catch (CancelledException e) {
            // A progress listener may throw it too.
            long reaction = loader.cancellation.isCancelled() ? System.nanoTime() - loader.cancelledNanos : Long.MIN_VALUE;
            Events.cancelled(new Cancelled(ModelFiles.nameOf(source), 0, "load", FinishReason.CANCELLED.name(), 0, 0, reaction));
            throw e;
        } finally {
            options.cancellation().ifPresent(token -> token.removeListener(cancel));
        }
    }

    /** What waits for the end of loads must not be called by a listener of one. */
    static void requireNoListener(String what) {
        if (REPORTING.get()) {
            throw new IllegalStateException(what + " was called by the progress listener of a load, and would wait for its end");
        }
    }

    private interface Work<T> {

        T apply(MemorySegment request, ModelFiles files, GpuChoice choice, Arena arena);
    }

    private <T> T load(Work<T> work) {
        ModelRequest modelRequest = new ModelRequest(source, options);
        requireNotCancelled();
        NativeRuntime runtime = NativeRuntime.instance();
        runtime.computeSoon();
        if (!options.vocabularyOnly()) {
            NativeLibrary.loadGpuModules();
            GpuRequirement.requireDevice(options, runtime);
        }
        try (Arena arena = Arena.ofShared()) {
            CancelFlag flag = new CancelFlag(arena);
            try (Stop stop = new Stop(flag, cancellation)) {
                stop.lend();
                ModelFiles files = ModelFiles.of(source, modelRequest.files());
                GpuChoice choice = new LoadTrials(this, options, modelRequest, flag).choose(runtime);
                MemorySegment request = modelRequest.on(choice.options()).write(arena);
                lf_model_request.cancel(request, flag.struct());
                options.progress().ifPresent(listener -> llama_model_params.progress_callback(lf_model_request.params(request),
                        llama_progress_callback.allocate((fraction, _) -> report(listener, fraction), arena)));
                return work.apply(request, files, choice, arena);
            } catch (IOException e) {
                throw new ModelLoadException(source + " cannot be read: " + e, List.of(), e);
            } finally {
                flag.takeBack();
                NativeLog.drain();
            }
        }
    }

    /** An exception that left this would end the process. */
    private boolean report(DoubleConsumer listener, float fraction) {
        try {
            REPORTING.set(true);
            listener.accept(fraction);
            return true;
        } catch (Throwable e) {
            thrownByListener = e;
            return false;
        } finally {
            REPORTING.remove();
        }
    }

    private RuntimeException failure(NativeError error) {
        if (thrownByListener instanceof Error thrown) {
            throw thrown;
        }
        if (thrownByListener instanceof RuntimeException thrown) {
            return thrown;
        }
        if (thrownByListener != null) {
            // Of a listener that is not written in Java.
            return new ModelLoadException("the progress listener threw " + thrownByListener, List.of(), thrownByListener);
        }
        if (cancellation.isCancelled()) {
            return cancelled();
        }
        // The end of the process stops a load as well.
        if (error.isShutdown() || error.isCancelled()) {
            return new ShutdownException();
        }
        if (error.isRemote()) {
            return RpcException.of("cannot load " + source, error);
        }
        return new ModelLoadException("cannot load " + source + ": " + error.summary(), error.log(), null);
    }

    void requireNotCancelled() {
        if (cancellation.isCancelled()) {
            throw cancelled();
        }
    }

    private CancelledException cancelled() {
        return new CancelledException("the loading of " + source + " was cancelled");
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.RuntimeCache;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_model_request;
import io.github.llamaffm.bindings.generated.llama_model_params;
import io.github.llamaffm.bindings.generated.llama_progress_callback;
import io.github.llamaffm.internal.GgufHeader;
import io.github.llamaffm.internal.ModelFile;
import io.github.llamaffm.internal.NativeLog;
import io.github.llamaffm.internal.ResourceLocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One load of a model. */
final class ModelLoader {

    private final ModelSource source;
    private final ModelOptions options;
    private final Cancellation cancellation = Cancellation.create();
    private @Nullable Throwable thrownByListener;

    private ModelLoader(ModelSource source, ModelOptions options) {
        this.source = source;
        this.options = options;
    }

    static Model load(ModelSource source, ModelOptions options) {
        return run(source, options, loader -> loader.load((request, _) -> {
            MemorySegment model = LlamaFfm.lf_model_load(request);
            if (model.address() == 0) {
                throw loader.failure(NativeError.last());
            }
            return new NativeModel(model, options);
        }));
    }

    /** What is done with a model that has no weights; it is freed afterwards. */
    interface Use<T> {

        /** @param request that would load the weights */
        T apply(MemorySegment model, MemorySegment request);
    }

    /** Loads what the model says of itself, the same way but without its weights. */
    static <T> T withoutWeights(ModelSource source, ModelOptions options, Use<T> use) {
        return run(source, options, loader -> loader.load((request, arena) -> {
            MemorySegment model = LlamaFfm.lf_model_load(withoutWeights(request, arena));
            if (model.address() == 0) {
                throw loader.failure(NativeError.last());
            }
            try {
                return use.apply(model, request);
            } finally {
                LlamaFfm.lf_model_free(model);
            }
        }));
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
        Runnable cancel = loader.cancellation::cancel;
        options.cancellation().ifPresent(token -> token.addListener(cancel));
        try (Worker worker = new Worker("llama-ffm-load")) {
            return worker.run(() -> work.apply(loader), cancel);
        } finally {
            options.cancellation().ifPresent(token -> token.removeListener(cancel));
        }
    }

    private <T> T load(BiFunction<MemorySegment, Arena, T> work) {
        ModelFile file = locate();
        GgufHeader.problemOf(file.path(), file.offset()).ifPresent(problem -> {
            throw new ModelLoadException(source + " " + problem, List.of(), null);
        });
        if (cancellation.isCancelled()) {
            throw cancelled();
        }
        NativeRuntime runtime = NativeRuntime.instance();
        runtime.computeSoon();
        if (!options.vocabularyOnly()) {
            NativeLibrary.loadGpuModules();
        }
        try (Arena arena = Arena.ofShared()) {
            CancelFlag flag = new CancelFlag(arena);
            Runnable stop = () -> flag.request(cancellation);
            flag.lend(cancellation, 0);
            cancellation.addListener(stop);
            try {
                return work.apply(request(file, flag, arena), arena);
            } finally {
                flag.takeBack();
                NativeLog.drain();
            }
        }
    }

    private ModelFile locate() {
        return switch (source) {
            case FileSource(var path) -> ModelFile.whole(path.toAbsolutePath());
            case ResourceSource(var name, var loader) -> {
                try {
                    yield new ResourceLocator(() -> RuntimeCache.folder("models")).locate(name, loader);
                } catch (IOException e) {
                    throw new ModelLoadException(source + " " + e.getMessage(), List.of(), e);
                }
            }
        };
    }

    private MemorySegment request(ModelFile file, CancelFlag flag, Arena arena) {
        MemorySegment request = lf_model_request.allocate(arena);
        lf_model_request.path(request, arena.allocateFrom(file.path().toString()));
        lf_model_request.offset(request, file.offset());
        lf_model_request.length(request, file.length());
        lf_model_request.cancel(request, flag.struct());
        MemorySegment params = lf_model_request.params(request);
        LlamaFfm.lf_model_default_params(params);
        options.gpuLayers().ifPresent(layers -> llama_model_params.n_gpu_layers(params, layers));
        llama_model_params.vocab_only(params, options.vocabularyOnly());
        llama_model_params.check_tensors(params, options.checkTensors());
        if (!file.mappable()) {
            llama_model_params.load_mode(params, LlamaFfm.LLAMA_LOAD_MODE_NONE());
        }
        options.progress().ifPresent(listener -> llama_model_params.progress_callback(params,
                llama_progress_callback.allocate((fraction, _) -> report(listener, fraction), arena)));
        return request;
    }

    /** An exception that left this would end the process. */
    private boolean report(DoubleConsumer listener, float fraction) {
        try {
            listener.accept(fraction);
            return true;
        } catch (Throwable e) {
            thrownByListener = e;
            return false;
        }
    }

    private RuntimeException failure(NativeError error) {
        if (thrownByListener instanceof Error thrown) {
            throw thrown;
        }
        if (thrownByListener instanceof RuntimeException thrown) {
            return thrown;
        }
        if (cancellation.isCancelled()) {
            return cancelled();
        }
        if (error.isShutdown()) {
            return new ShutdownException();
        }
        return new ModelLoadException("cannot load " + source + ": " + error.summary(), error.log(), null);
    }

    private CancelledException cancelled() {
        return new CancelledException("the loading of " + source + " was cancelled");
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.RuntimeCache;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_metadata_override;
import io.github.llamaffm.bindings.generated.lf_model_request;
import io.github.llamaffm.bindings.generated.lf_tensor_placement;
import io.github.llamaffm.bindings.generated.llama_model_params;
import io.github.llamaffm.internal.GgufHeader;
import io.github.llamaffm.internal.ModelFile;
import io.github.llamaffm.internal.ResourceLocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What native code is told about a model: where its files are, and how to load it. */
final class ModelRequest {

    /** What llama.cpp copies, however many devices there are. */
    private static final int SPLIT_FLOATS = 16;

    /** As the option {@code --cpu-moe} of llama.cpp's tools. */
    private static final String EXPERTS = "\\.ffn_(up|down|gate|gate_up)_(ch|)exps";

    private static final String CPU = "CPU";

    private final ModelSource source;
    private final ModelOptions options;
    private final ModelFile file;
    private final List<Path> splits;

    /** Finds the files. Needs no native library. */
    ModelRequest(ModelSource source, ModelOptions options) {
        this.source = source;
        this.options = options;
        this.splits = source instanceof SplitSource(var files) && files.size() > 1
                ? files.stream().map(Path::toAbsolutePath).toList()
                : List.of();
        this.file = locate();
        if (splits.isEmpty()) {
            requireGguf(source.toString(), file.path(), file.offset());
        }
        splits.forEach(part -> requireGguf(part.toString(), part, 0));
        requireMode();
    }

    private ModelRequest(ModelRequest other, ModelOptions options) {
        this.source = other.source;
        this.options = options;
        this.splits = other.splits;
        this.file = other.file;
    }

    /** The same files, on other devices. */
    ModelRequest on(ModelOptions chosen) {
        return new ModelRequest(this, chosen);
    }

    private ModelFile locate() {
        return switch (source) {
            case FileSource(var path) -> ModelFile.whole(path.toAbsolutePath());
            case SplitSource(var files) -> ModelFile.whole(files.getFirst().toAbsolutePath());
            case ResourceSource(var name, var loader) -> {
                try {
                    yield new ResourceLocator(() -> RuntimeCache.folder("models")).locate(name, loader);
                } catch (IOException e) {
                    throw new ModelLoadException(source + " " + e.getMessage(), List.of(), e);
                }
            }
        };
    }

    /** Those that are named: of a split model perhaps only the first one. */
    List<ModelFile> files() {
        return splits.isEmpty() ? List.of(file) : splits.stream().map(ModelFile::whole).toList();
    }

    private static void requireGguf(String name, Path path, long offset) {
        GgufHeader.problemOf(path, offset).ifPresent(problem -> {
            throw new ModelLoadException(name + " " + problem, List.of(), null);
        });
    }

    private void requireMode() {
        boolean mapped = options.loadMode() == LoadMode.MAP || options.loadMode() == LoadMode.MAP_LOCKED;
        if (mapped && !file.mappable()) {
            throw new ModelLoadException(
                    "%s cannot be mapped: it starts at byte %d of %s, which is no multiple of 32; use LoadMode.AUTO or READ"
                            .formatted(source, file.offset(), file.path()), List.of(), null);
        }
        if (options.loadMode() == LoadMode.DIRECT_IO && file.length() > 0) {
            throw new ModelLoadException("%s lies inside %s: it cannot be read with direct I/O; use another LoadMode"
                    .formatted(source, file.path()), List.of(), null);
        }
    }

    /**
     * Writes the request, without progress and cancel flag. Needs the native library.
     *
     * @param arena that lives until the native call has returned
     * @throws ModelLoadException if the options name a device that cannot be used
     */
    MemorySegment write(Arena arena) {
        return on(UsableDevices.only(options)).written(arena);
    }

    private MemorySegment written(Arena arena) {
        MemorySegment request = lf_model_request.allocate(arena);
        lf_model_request.path(request, arena.allocateFrom(file.path().toString()));
        lf_model_request.offset(request, file.offset());
        lf_model_request.length(request, file.length());
        lf_model_request.splits(request, strings(splits.stream().map(Path::toString).toList(), arena));
        lf_model_request.n_splits(request, splits.size());
        lf_model_request.devices(request, strings(options.devices().stream().map(Device::name).toList(), arena));
        lf_model_request.n_devices(request, options.devices().size());
        writeOverrides(request, arena);
        writePlacements(request, arena);
        writeParams(lf_model_request.params(request), arena);
        return request;
    }

    private void writeParams(MemorySegment params, Arena arena) {
        LlamaFfm.lf_model_default_params(params);
        options.gpuLayers().ifPresent(layers -> llama_model_params.n_gpu_layers(params, layers));
        llama_model_params.vocab_only(params, options.vocabularyOnly());
        llama_model_params.check_tensors(params, options.checkTensors());
        llama_model_params.split_mode(params, options.splitMode().ordinal());
        llama_model_params.main_gpu(params, options.mainGpu());
        llama_model_params.use_extra_bufts(params, options.repack());
        llama_model_params.load_mode(params, switch (options.loadMode()) {
            case AUTO -> file.mappable() ? LlamaFfm.LLAMA_LOAD_MODE_AUTO() : LlamaFfm.LLAMA_LOAD_MODE_NONE();
            case MAP -> LlamaFfm.LLAMA_LOAD_MODE_MMAP();
            case MAP_LOCKED -> LlamaFfm.LLAMA_LOAD_MODE_MMAP_MLOCK();
            case READ -> LlamaFfm.LLAMA_LOAD_MODE_NONE();
            case READ_LOCKED -> LlamaFfm.LLAMA_LOAD_MODE_MLOCK();
            case DIRECT_IO -> LlamaFfm.LLAMA_LOAD_MODE_DIRECT_IO();
        });
        if (!options.tensorSplit().isEmpty()) {
            MemorySegment shares = arena.allocate(ValueLayout.JAVA_FLOAT, SPLIT_FLOATS);
            for (int i = 0; i < options.tensorSplit().size(); i++) {
                shares.setAtIndex(ValueLayout.JAVA_FLOAT, i, options.tensorSplit().get(i));
            }
            llama_model_params.tensor_split(params, shares);
        }
    }

    private void writeOverrides(MemorySegment request, Arena arena) {
        if (options.metadataOverrides().isEmpty()) {
            return;
        }
        List<Map.Entry<String, MetadataValue>> entries = List.copyOf(options.metadataOverrides().entrySet());
        MemorySegment structs = structs(entries.size(), lf_metadata_override.sizeof(), arena);
        for (int i = 0; i < entries.size(); i++) {
            MemorySegment struct = lf_metadata_override.asSlice(structs, i);
            lf_metadata_override.key(struct, arena.allocateFrom(entries.get(i).getKey()));
            writeValue(struct, entries.get(i).getValue(), arena);
        }
        lf_model_request.overrides(request, structs);
        lf_model_request.n_overrides(request, entries.size());
    }

    private static void writeValue(MemorySegment struct, MetadataValue value, Arena arena) {
        switch (value) {
            case MetadataValue.Int(long integer) -> {
                lf_metadata_override.type(struct, LlamaFfm.LF_METADATA_INTEGER());
                lf_metadata_override.integer(struct, integer);
            }
            case MetadataValue.Number(double number) -> {
                lf_metadata_override.type(struct, LlamaFfm.LF_METADATA_NUMBER());
                lf_metadata_override.number(struct, number);
            }
            case MetadataValue.Flag(boolean flag) -> {
                lf_metadata_override.type(struct, LlamaFfm.LF_METADATA_BOOLEAN());
                lf_metadata_override.integer(struct, flag ? 1 : 0);
            }
            case MetadataValue.Text(String text) -> {
                lf_metadata_override.type(struct, LlamaFfm.LF_METADATA_TEXT());
                lf_metadata_override.text(struct, arena.allocateFrom(text));
            }
        }
    }

    private void writePlacements(MemorySegment request, Arena arena) {
        record Place(String pattern, String device) {}
        List<Place> places = new ArrayList<>();
        options.tensorPlacements().forEach(place -> places.add(new Place(place.pattern(), place.device().name())));
        if (options.expertsOnCpu()) {
            places.add(new Place(EXPERTS, CPU));
        }
        if (places.isEmpty()) {
            return;
        }
        MemorySegment structs = structs(places.size(), lf_tensor_placement.sizeof(), arena);
        for (int i = 0; i < places.size(); i++) {
            MemorySegment struct = lf_tensor_placement.asSlice(structs, i);
            lf_tensor_placement.pattern(struct, arena.allocateFrom(places.get(i).pattern()));
            lf_tensor_placement.device(struct, arena.allocateFrom(places.get(i).device()));
        }
        lf_model_request.placements(request, structs);
        lf_model_request.n_placements(request, places.size());
    }

    private static MemorySegment structs(int count, long size, Arena arena) {
        return arena.allocate(count * size, ValueLayout.ADDRESS.byteAlignment());
    }

    /** NULL where there are none. */
    private static MemorySegment strings(List<String> texts, Arena arena) {
        if (texts.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        return pointers;
    }
}

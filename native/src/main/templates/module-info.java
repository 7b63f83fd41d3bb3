/** llama.cpp's native libraries for ${native.platform}, backend ${native.backend}. Found by the loader of the bindings. */
@SuppressWarnings("module") // names of platforms and backends end in digits
module io.github.llamaffm.natives.${native.backend.identifier}.${native.platform.identifier} {
    requires io.github.llamaffm.bindings;

    provides io.github.llamaffm.bindings.NativeBundle with
            io.github.llamaffm.natives.${native.backend.identifier}.${native.platform.identifier}.Natives;
}

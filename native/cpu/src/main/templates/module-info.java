/** llama.cpp's native libraries for ${native.platform}, every CPU variant. Found by the loader of the bindings. */
@SuppressWarnings("module") // a platform's name ends in digits
module io.github.llamaffm.natives.cpu.${native.platform.identifier} {
    requires io.github.llamaffm.bindings;

    provides io.github.llamaffm.bindings.NativeBundle with
            io.github.llamaffm.natives.cpu.${native.platform.identifier}.CpuNatives;
}

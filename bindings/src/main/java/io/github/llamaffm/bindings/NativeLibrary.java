package io.github.llamaffm.bindings;

import java.lang.foreign.SymbolLookup;

/** The loaded core library. */
public final class NativeLibrary {
    private NativeLibrary() {
    }

    /** {@return where generated code finds the symbols of the core library} */
    public static SymbolLookup lookup() {
        return SymbolLookup.loaderLookup();
    }
}

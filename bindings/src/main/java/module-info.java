/**
 * Generated bindings of llama.cpp and of the shim, and the loader of the native libraries. The only module that calls
 * restricted methods: grant it native access with {@code --enable-native-access=io.github.llamaffm.bindings}.
 */
@SuppressWarnings("module") // the layers that the raw handles are for are built after this module
module io.github.llamaffm.bindings {
    uses io.github.llamaffm.bindings.NativeBundle;

    exports io.github.llamaffm.bindings;
    // Raw handles: only for the layer that checks their arguments.
    exports io.github.llamaffm.bindings.generated to io.github.llamaffm;
}

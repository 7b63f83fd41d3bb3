/** Packs GGUF models into jars from which they can be memory-mapped. Needs nothing but the JDK. */
module io.github.llamaffm.modeljar {
    exports io.github.llamaffm.modeljar;
}

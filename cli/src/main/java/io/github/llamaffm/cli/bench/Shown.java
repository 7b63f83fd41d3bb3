package io.github.llamaffm.cli.bench;

/** Which columns a table has besides those of every table: what is not as by default, or has several values. */
record Shown(boolean models, boolean gpuLayers, boolean threads, boolean batch, boolean ubatch, boolean keyType, boolean valueType,
             boolean flashAttention, boolean sampling) {

    /** In a table of llama-bench: what decides the speed there, layers on the GPU or threads, is always shown. */
    Shown on(Machine machine) {
        return new Shown(models, !machine.isCpu(), threads || machine.isCpu(), batch, ubatch, keyType, valueType, flashAttention,
                sampling);
    }
}

/**
 * Writes model jars: a GGUF file as a stored, aligned entry of a jar, so that a model is a dependency like any other and
 * is still memory-mapped in place. Reading them is the business of {@code io.github.llamaffm.ModelSource}.
 */
package io.github.llamaffm.modeljar;

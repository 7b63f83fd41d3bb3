/**
 * The way from a Java program to the native library: finds, checks and opens it ({@link
 * io.github.llamaffm.bindings.NativeLibrary}), and wraps the few restricted methods of the JDK that the layer above needs
 * ({@link io.github.llamaffm.bindings.Pointers}, {@link io.github.llamaffm.bindings.NativeStrings}).
 *
 * <p>JDK only. Nothing here prints, logs or knows what a model is. The functions of the library are bound in {@code
 * io.github.llamaffm.bindings.generated}.
 */
package io.github.llamaffm.bindings;

/**
 * What the thin layer is made of and nobody else may see: text, zip, machine and log helpers.
 *
 * <p>A leaf: it knows the bindings and the JDK, and no type of {@code io.github.llamaffm}.
 */
@NullMarked
package io.github.llamaffm.internal;

import org.jspecify.annotations.NullMarked;

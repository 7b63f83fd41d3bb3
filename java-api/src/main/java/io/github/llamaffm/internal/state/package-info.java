/**
 * The format of saved states: a header with what the state depends on and the tokens of its sequences, llama.cpp's own bytes,
 * a checksum. Knows neither models nor native code.
 */
@NullMarked
package io.github.llamaffm.internal.state;

import org.jspecify.annotations.NullMarked;

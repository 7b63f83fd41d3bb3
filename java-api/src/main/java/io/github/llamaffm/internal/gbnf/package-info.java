/**
 * Reads GBNF as llama.cpp does, before it does: an error gets its line and column, nothing is written to stderr, and what would
 * overflow its stack, its memory or its patience is refused. Plain Java, no native code.
 */
@NullMarked
package io.github.llamaffm.internal.gbnf;

import org.jspecify.annotations.NullMarked;

/** Saved states of sequences and contexts, through the public API. */
package io.github.llamaffm.state;

/** Embeddings and ranking: what comes out, what is refused, and that texts do not disturb each other. */
package io.github.llamaffm.embeddings;

/** Answers to prompts, through the public API: what they are, when they end, and how they go on when a context is full. */
package io.github.llamaffm.generation;

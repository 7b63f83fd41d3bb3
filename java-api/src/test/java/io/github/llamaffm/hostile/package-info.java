/**
 * Bytes from somebody who wishes us ill: model files, saved states, grammars, LoRA adapters and control vectors, thousands of
 * each, mutated by seed and number, so that one case can be replayed alone. Children run them in batches, with a limit on
 * address space, memory and time; a case that ends its child is named, and the run goes on. What comes of a case is an exception
 * of the documented kind or a result that is used. Sound files, and what a careless caller does, are no matter of this room.
 */
package io.github.llamaffm.hostile;

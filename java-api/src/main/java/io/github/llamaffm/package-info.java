/**
 * GGUF models in a Java program, computed by llama.cpp in the same process.
 *
 * {@snippet :
 * try (Model model = Model.load(Path.of("model.gguf"));
 *         Context context = model.newContext();
 *         Generation generation = context.generate("The capital of France is")) {
 *     for (String piece : generation) {
 *         System.out.print(piece);
 *     }
 * }
 * }
 *
 * <p>A {@link io.github.llamaffm.Model} holds weights and may be shared by any number of threads. A {@link
 * io.github.llamaffm.Context} is one KV cache: one thread at a time. Types named {@code Native…} implement the interfaces
 * and are not visible outside.
 */
@NullMarked
package io.github.llamaffm;

import org.jspecify.annotations.NullMarked;

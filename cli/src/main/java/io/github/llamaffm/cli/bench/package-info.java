/**
 * {@code llama-ffm bench}: the protocol, the options and the output of llama.cpp's llama-bench and llama-batched-bench, through
 * the public API. {@link io.github.llamaffm.cli.bench.Bench} runs what {@link io.github.llamaffm.cli.bench.BenchOptions} ask
 * for. Nothing of how the library works inside may enter here: it is measured as a program uses it.
 */
package io.github.llamaffm.cli.bench;

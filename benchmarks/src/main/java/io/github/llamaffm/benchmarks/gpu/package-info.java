/** Proves on a machine with a GPU that it is used, how well, and what happens where it fails; {@code ci/gpu-proof} starts it. */
package io.github.llamaffm.benchmarks.gpu;

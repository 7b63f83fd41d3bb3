/** The CUDA module on a run-time library that fails on purpose, so without a GPU. */
package io.github.llamaffm.gpu;

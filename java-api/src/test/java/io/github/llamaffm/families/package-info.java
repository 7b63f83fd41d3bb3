/** Every model family loads and computes, bit for bit, what llama.cpp itself computes. */
package io.github.llamaffm.families;

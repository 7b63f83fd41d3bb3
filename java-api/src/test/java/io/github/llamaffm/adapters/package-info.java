/** LoRA adapters and control vectors, through the public API. */
package io.github.llamaffm.adapters;

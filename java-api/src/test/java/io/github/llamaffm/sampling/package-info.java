/** Samplers through the public API: their state, their candidates, and those that are written in Java. */
package io.github.llamaffm.sampling;

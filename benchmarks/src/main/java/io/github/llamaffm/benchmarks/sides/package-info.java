/** Ours and others, alternately: what the ratio of their speeds is, and how sure that is. */
package io.github.llamaffm.benchmarks.sides;

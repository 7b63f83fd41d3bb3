/** What a call costs: JMH benchmarks of single calls and of whole generations, beside the same loops in plain C. */
package io.github.llamaffm.benchmarks.calls;

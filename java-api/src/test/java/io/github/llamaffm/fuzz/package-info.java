/**
 * Random operations over the whole public API, from several threads at once, in a child JVM that must neither end nor hang nor grow.
 *
 * <p>An operation is a static method with {@link io.github.llamaffm.fuzz.Operation}, in the class of its subject; {@link
 * io.github.llamaffm.fuzz.Operations} lists the subjects. All that is random comes from the seed, the thread and the number of the
 * operation. Who adds a public method adds it to an operation: ApiCoverageTest tells. No assertion on what one operation computes enters.
 */
package io.github.llamaffm.fuzz;

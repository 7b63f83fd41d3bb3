/**
 * How proofs of misuse are run and written down, in each module that has one: rows, the models that they use, the program that does
 * them in a JVM of its own, and the page that they make.
 */
package io.github.llamaffm.support.misuse;

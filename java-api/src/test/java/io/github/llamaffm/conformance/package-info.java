/** The same input through upstream's own programs of the same commit gives the same tokens. */
package io.github.llamaffm.conformance;

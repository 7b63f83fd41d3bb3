/** What contexts compute, and how it is read: with real natives and tiny models. */
package io.github.llamaffm.decoding;

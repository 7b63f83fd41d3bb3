/**
 * Beginning, ending and leaving early: cancellation; a process that ends in the middle of native work, in any way, with files half
 * written or nothing closed; class loaders that come and go; and the last words of what cannot be turned into an exception.
 * Each end is one of a child JVM. What is promised stands in {@code docs/safety/lifecycle.md} and {@code docs/crashes.md}. Misuse of
 * the API is not here.
 */
package io.github.llamaffm.lifecycle;

/**
 * The proof that what is closed is gone: thousands of rounds of opening and closing in a JVM of their own, whose memory, threads,
 * files, mappings and Java objects are counted ({@code LeakIT}), and that what is forgotten is reported ({@code ForgottenIT}).
 * Only the public API is used here, as a program would. A new kind of native object gets a round of its own in {@code Rounds}.
 */
package io.github.llamaffm.leaks;

/**
 * What becomes of a call of native code when the machine fails it: an allocation, a thread, a mapping or a read that cannot be
 * had, a full disk, a cache that is gone. A preloaded library ({@code native/faults}) lets each place fail in turn, in a JVM of
 * its own. What must hold: an exception or a right result, nothing lost, never a signal. Misuse by the caller and damaged
 * files belong to {@code misuse}.
 */
package io.github.llamaffm.faults;

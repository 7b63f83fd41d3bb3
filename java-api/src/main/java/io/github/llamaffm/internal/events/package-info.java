/**
 * What the flight recorder of the JVM is told. All events are off until a recording asks for them, and hold numbers, the name of the
 * model's file and nothing of a text: no token either, which would be one.
 *
 * <p>The module {@code jdk.jfr} may be missing: {@link io.github.llamaffm.internal.events.Events} alone knows, and no other class
 * names a type of it but the events themselves.
 */
@NullMarked
package io.github.llamaffm.internal.events;

import org.jspecify.annotations.NullMarked;

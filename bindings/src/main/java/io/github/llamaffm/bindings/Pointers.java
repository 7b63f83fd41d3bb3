package io.github.llamaffm.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Gives a pointer that native code returned a lifetime or a size. Both are restricted methods of the JDK, which only this
 * module may call.
 */
public final class Pointers {

    private Pointers() {}

    /**
     * Ties a native object to an arena: closing the arena calls {@code destroy} once, and every later use of the returned
     * segment fails with an {@link IllegalStateException} from the JDK instead of reaching freed memory.
     *
     * <p>Use one arena per object, because the order of clean-ups inside an arena is not defined. A segment of a shared
     * arena may be used from any thread, and its arena cannot be closed while a native call still uses it; a segment of a
     * confined arena belongs to one thread.
     *
     * @param raw     the pointer; not NULL
     * @param arena   the object's own arena, closed by the object's {@code close()}
     * @param destroy the C function that frees the object; it gets the pointer in a scope that is still alive, and must
     *                not throw
     * @return the same address, in the arena's scope and of size 0
     * @throws IllegalArgumentException if {@code raw} is NULL: ask for the native error before
     */
    public static MemorySegment owned(MemorySegment raw, Arena arena, Consumer<MemorySegment> destroy) {
        Objects.requireNonNull(destroy, "destroy");
        return requireAddress(raw).reinterpret(arena, destroy);
    }

    /**
     * Makes memory that native code owns readable. The view has no lifetime of its own: it must not be used after that
     * memory was freed or reused, which nothing checks.
     *
     * @param address  the pointer; not NULL
     * @param byteSize how many bytes may be accessed, at least 0
     * @return the same address with that size, in the scope of {@code address}
     * @throws IllegalArgumentException if {@code address} is NULL or {@code byteSize} negative
     */
    public static MemorySegment view(MemorySegment address, long byteSize) {
        return requireAddress(address).reinterpret(byteSize);
    }

    /**
     * As {@link #view(MemorySegment, long)}, but with the lifetime of an arena, such as that of the object whose memory it is.
     *
     * @throws IllegalArgumentException if {@code address} is NULL or {@code byteSize} negative
     */
    public static MemorySegment view(MemorySegment address, long byteSize, Arena arena) {
        return requireAddress(address).reinterpret(byteSize, arena, null);
    }

    private static MemorySegment requireAddress(MemorySegment pointer) {
        if (pointer.address() == 0) {
            throw new IllegalArgumentException("NULL pointer");
        }
        return pointer;
    }
}

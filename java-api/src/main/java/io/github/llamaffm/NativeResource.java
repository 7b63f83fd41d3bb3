package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of a native object: one pointer, one arena, one {@link #close()}. Any thread.
 *
 * <p>Calls are counted in and out, because a pointer inside a struct is not protected by its arena: {@code close()} stops
 * what runs, waits for it and frees. Children pin their parent: it cannot be closed before them.
 */
abstract class NativeResource implements AutoCloseable {

    private final String name;
    private final @Nullable NativeResource parent;
    private final boolean exclusive;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment pointer;

    private final Object lock = new Object();
    private final Set<NativeResource> children = new LinkedHashSet<>();

    /** How many of each kind use this without being made from it. */
    private final Map<String, Long> holders = new TreeMap<>();

    private boolean ending;
    private boolean closed;
    private boolean freed;
    private int calls;
    private @Nullable Thread user;

    /** Whether what is inside came by {@link #tryEnter()}. */
    private boolean brief;

    /**
     * Makes a native object, when all else that its owner needs is there. Where the rest of a constructor fails it calls
     * {@link #abandon()}, else {@link #made()}.
     *
     * @param name of the object in messages
     * @param parent whose call this is made in
     * @param exclusive whether only one thread at a time may be inside
     * @param create not to NULL, or throws
     * @param destroy frees it
     */
    NativeResource(
            String name,
            @Nullable NativeResource parent,
            boolean exclusive,
            Supplier<MemorySegment> create,
            Consumer<MemorySegment> destroy) {
        this.name = name;
        this.parent = parent;
        this.exclusive = exclusive;
        this.pointer = Pointers.owned(create.get(), arena, destroy);
    }

    /** Ends a constructor: from now on this pins the parent, whose shutdown finds it. */
    final void made() {
        if (parent != null) {
            parent.pin(this);
        }
    }

    /** Frees the native object of what could not be made. */
    final void abandon() {
        arena.close();
    }

    /** The native object; valid between {@link #enter()} and {@link #exit()}. */
    final MemorySegment pointer() {
        return pointer;
    }

    /** Memory that belongs to the native object, for those who read it when they like: it cannot be read after close. */
    final MemorySegment whileOpen(MemorySegment memory) {
        return Pointers.view(memory, memory.byteSize(), arena);
    }

    /**
     * Starts a call; a thread may nest them. Works while {@link #endCalls} waits for what was made from this, whose calls that
     * are under way need it.
     *
     * @throws IllegalStateException after close
     * @throws ConcurrentUseException if another thread is inside and this is exclusive
     */
    final void enter() {
        beforeCall();
        synchronized (lock) {
            awaitBrief();
            requireNotClosed();
            if (isUsedByAnother()) {
                throw new ConcurrentUseException("the %s is in use by thread %s; one thread at a time may use it"
                        .formatted(name, user.getName().isEmpty() ? user : user.getName()));
            }
            begin();
        }
    }

    /**
     * As {@link #enter()}, for a call that makes something from this.
     *
     * @throws IllegalStateException after {@link #endCalls} too
     */
    final void enterToMake() {
        synchronized (lock) {
            awaitBrief();
            requireOpen();
            enter();
        }
    }

    /**
     * As {@link #enter()}, but false where that throws: for what is done in passing, on a thread that the user of this does not
     * know of. Whoever calls meanwhile waits for the {@link #exit()}, which therefore comes soon.
     */
    final boolean tryEnter() {
        synchronized (lock) {
            if (closed || isUsedByAnother()) {
                return false;
            }
            brief |= calls == 0;
            begin();
            return true;
        }
    }

    /** Ends a call. */
    final void exit() {
        synchronized (lock) {
            if (--calls == 0) {
                user = null;
                if (closed || brief) {
                    brief = false;
                    lock.notifyAll();
                }
            }
        }
    }

    /** Whether close was called. */
    public final boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** Stops what runs, waits for it, then frees. A second call waits for the first, and does nothing. */
    @Override
    public final void close() {
        beforeClose();
        synchronized (lock) {
            while (closed) {
                if (freed) {
                    return;
                }
                // Where the first one gives up, this takes its place.
                await(() -> !freed && closed);
            }
            if (exclusive && calls > 0 && user == Worker.caller()) {
                throw new IllegalStateException("the %s cannot be closed from inside a call of it".formatted(name));
            }
            requireUnused();
            closed = true;
        }
        stopCalls();
        synchronized (lock) {
            await(() -> calls > 0);
            if (isUsed()) {
                // Made by a call that was under way.
                closed = false;
                lock.notifyAll();
                requireUnused();
            }
        }
        free();
    }

    /** Whatever fails on the way: nobody waits for this for ever, and the parent does not stay pinned. */
    private void free() {
        try {
            beforeFree();
        } finally {
            closeArena();
            try {
                afterFree();
            } finally {
                if (parent != null) {
                    parent.unpin(this);
                }
                synchronized (lock) {
                    freed = true;
                    lock.notifyAll();
                }
            }
        }
    }

    private void closeArena() {
        try {
            arena.close();
        } catch (IllegalStateException e) {
            // A caller's own native call reads what it got from whileOpen.
            synchronized (lock) {
                closed = false;
                lock.notifyAll();
            }
            throw e;
        }
    }

    /** Before a call starts; what this throws keeps it from starting. */
    void beforeCall() {}

    /** Drops uses of this that nobody needs any more. Called by every close, the second one too. */
    void beforeClose() {}

    /** Asks the calls that are under way to end soon. */
    void stopCalls() {}

    /** No call is under way, and none starts any more. */
    void beforeFree() {}

    /** The native object is gone. */
    void afterFree() {}

    private void begin() {
        if (calls++ == 0) {
            user = Worker.caller();
        }
    }

    private void awaitBrief() {
        // A call allocates nothing where nobody is in the way.
        if (brief) {
            await(() -> brief && isUsedByAnother());
        }
    }

    private boolean isUsedByAnother() {
        return exclusive && user != null && user != Worker.caller();
    }

    private void requireNotClosed() {
        if (closed) {
            throw new IllegalStateException("the " + name + " is closed");
        }
    }

    private void requireOpen() {
        requireNotClosed();
        if (ending) {
            throw new IllegalStateException("the " + name + " is shutting down");
        }
    }

    private boolean isUsed() {
        return !children.isEmpty() || !holders.isEmpty();
    }

    private void requireUnused() {
        if (isUsed()) {
            long users = users().values().stream().mapToLong(Long::longValue).sum();
            throw new IllegalStateException("the %s is still used by %d open %s (%s); close what uses it first%s".formatted(name,
                    users, users == 1 ? "object" : "objects", describeUsers(), Leaks.placesOfChildren(this)));
        }
    }

    private Map<String, Long> users() {
        Map<String, Long> users = new TreeMap<>(holders);
        children.forEach(child -> users.merge(child.name, 1L, Long::sum));
        return users;
    }

    private String describeUsers() {
        return users().entrySet().stream()
                .map(child -> child.getValue() + " " + child.getKey() + (child.getValue() == 1 ? "" : "s"))
                .collect(Collectors.joining(", "));
    }

    /** An interrupt does not end the wait: what is freed under a running call ends the process. */
    private void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (condition.getAsBoolean()) {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was made from this and is not closed, oldest first. */
    final List<NativeResource> children() {
        synchronized (lock) {
            return List.copyOf(children);
        }
    }

    /** From now on nothing is made from this. What was made goes on until it is closed, and {@link #close()} works. */
    final void endCalls() {
        synchronized (lock) {
            ending = true;
        }
    }

    /** Whether {@link #close()} is done. */
    final boolean isFreed() {
        synchronized (lock) {
            return freed;
        }
    }

    /** Whether something that uses this is open. */
    final boolean isInUse() {
        synchronized (lock) {
            return isUsed();
        }
    }

    /** What this is, with the number of what was made from it. */
    final String describe() {
        synchronized (lock) {
            return "the " + name + (isUsed() ? " (" + describeUsers() + ")" : "");
        }
    }

    /**
     * Whoever uses this without being made from it holds it as a child does.
     *
     * @throws IllegalStateException after close
     */
    final void hold(String user) {
        synchronized (lock) {
            requireOpen();
            holders.merge(user, 1L, Long::sum);
        }
    }

    /** Ends a {@link #hold}. */
    final void release(String user) {
        synchronized (lock) {
            holders.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private void pin(NativeResource child) {
        synchronized (lock) {
            children.add(child);
        }
    }

    private void unpin(NativeResource child) {
        synchronized (lock) {
            children.remove(child);
        }
    }
}

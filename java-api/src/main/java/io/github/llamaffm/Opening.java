package io.github.llamaffm;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** That a program opened something: what, who, where; and whether it is open still. Any thread. */
final class Opening {

    /** Of everything, where nobody looks for leaks. */
    static final Opening NOT_WATCHED = new Opening();

    /** Whose frames no program wants to see: of this module, and of the one on top of it. */
    private static final Set<String> OURS = Set.of("io.github.llamaffm", "io.github.llamaffm.chat");

    private static final int MOST_FRAMES = 64;
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final AtomicLong COUNT = new AtomicLong();

    private final String what;
    private final @Nullable Object parent;
    private final BooleanSupplier open;
    private final long number;
    private final String thread;
    private final List<StackWalker.StackFrame> frames;
    private volatile boolean closed;

    private Opening() {
        this.what = "";
        this.parent = null;
        this.open = () -> false;
        this.number = 0;
        this.thread = "";
        this.frames = List.of();
    }

    /**
     * By the current thread, now.
     *
     * @param what it is, for the report
     * @param parent what it was made from; null: from nothing
     * @param open must not refer to what shows that the program has lost it
     */
    Opening(String what, @Nullable Object parent, BooleanSupplier open) {
        this.what = what;
        this.parent = parent;
        this.open = open;
        this.number = COUNT.incrementAndGet();
        this.thread = Thread.currentThread().getName();
        this.frames = WALKER.walk(all -> all.dropWhile(Opening::isOurs).limit(MOST_FRAMES).toList());
    }

    /** The program's own frames come first, not what of Java stands between it and the library. */
    private static boolean isOurs(StackWalker.StackFrame frame) {
        Class<?> type = frame.getDeclaringClass();
        return OURS.contains(type.getPackageName()) || type.getPackageName().startsWith("java.") || Proxy.isProxyClass(type);
    }

    String what() {
        return what;
    }

    @Nullable Object parent() {
        return parent;
    }

    /** Later ones have a higher one. */
    long number() {
        return number;
    }

    /** It is closed: for what cannot be asked. */
    void closed() {
        closed = true;
    }

    boolean isOpen() {
        return !closed && open.getAsBoolean();
    }

    /** As in a stack trace: {@code com.example.Chat.start(Chat.java:42)}. */
    String place() {
        return frames.isEmpty() ? "an unknown place" : frames.getFirst().toStackTraceElement().toString();
    }

    String by() {
        return "opened" + (thread.isEmpty() ? "" : " by thread " + thread) + " at " + place();
    }

    /** For a logger. */
    Throwable stack() {
        Throwable stack = new Throwable("opened here");
        stack.setStackTrace(frames.stream().map(StackWalker.StackFrame::toStackTraceElement).toArray(StackTraceElement[]::new));
        return stack;
    }
}

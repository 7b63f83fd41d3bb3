package io.github.llamaffm;

import java.lang.ref.Cleaner;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what a program forgets to close, with the place that opened it, where {@code -Dllamaffm.leaks=true} asks for it when
 * the library is first used. Any thread.
 *
 * <p>A model knows its contexts, a context its sequences, so that none of them is garbage before its parent is. What shows that
 * a program has lost one is therefore not the object but its {@link Handle}, which programs get in its place, and which nothing
 * inside refers to. Only reports: see {@code docs/decisions/0010-forgotten-closes-are-reported.md}.
 */
final class Leaks {

    /** Read once: where it is false, none of this costs anything. */
    static final boolean ON = Boolean.getBoolean("llamaffm.leaks");

    private Leaks() {}

    /** What a program gets of a new object that has no parent. */
    static <T> T handOut(Class<T> type, T object) {
        return ON ? type.cast(Handle.of(object, null)) : object;
    }

    /** The object itself, of which a program may have a handle. */
    static Object target(Object object) {
        return ON ? Handle.target(object) : object;
    }

    /**
     * Watches an object that programs have themselves, because nothing inside refers to it.
     *
     * @return to be told of its close
     */
    static Opening watch(String what, Object object) {
        return ON ? Reports.watch(object, new Opening(what, null, () -> true)) : Opening.NOT_WATCHED;
    }

    /** Watches a handle of an object. */
    static void watch(Handle.Facts facts, @Nullable Object parent, Object handle) {
        Reports.watch(handle, new Opening(facts.what(), parent, facts.open()));
    }

    /** For a message that says what a native object is used by: where that was opened; empty where it is not known. */
    static String placesOfChildren(NativeResource parent) {
        if (!ON) {
            return "";
        }
        String places = Reports.open()
                .filter(opening -> opening.parent() == parent)
                .map(Opening::place)
                .collect(Collectors.joining(", "));
        return places.isEmpty() ? "" : "; opened at " + places;
    }

    /** Made where something is watched only: it starts a thread, and another at the end of the process. */
    private static final class Reports {

        private static final Logger LOGGER = LoggerFactory.getLogger("io.github.llamaffm.leaks");
        private static final Set<Opening> OPENINGS = ConcurrentHashMap.newKeySet();
        private static final Cleaner CLEANER = Cleaner.create(work -> Thread.ofPlatform().daemon().name("llama-ffm-leaks").unstarted(work));

        static {
            try {
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("llama-ffm-leaks-end").unstarted(Reports::reportOpen));
            } catch (IllegalStateException e) {
                // The process is ending: whoever opens something now cannot be told.
            }
        }

        static Opening watch(Object handle, Opening opening) {
            OPENINGS.add(opening);
            CLEANER.register(handle, () -> lost(opening));
            return opening;
        }

        static Stream<Opening> open() {
            return OPENINGS.stream().filter(Opening::isOpen).sorted(Comparator.comparingLong(Opening::number));
        }

        private static void lost(Opening opening) {
            if (OPENINGS.remove(opening) && opening.isOpen()) {
                LOGGER.warn("{} was not closed, and the program cannot reach it any more; it was {}", opening.what(),
                        opening.by(), opening.stack());
            }
        }

        private static void reportOpen() {
            open().forEach(opening -> LOGGER.warn("{} is still open at the end of the process; it was {}", opening.what(),
                    opening.by(), opening.stack()));
        }
    }
}

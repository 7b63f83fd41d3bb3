package io.github.llamaffm.support;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Objects that were closed, and must not be reachable from anywhere any more. */
public final class Collected {

    private static final int MOST = 256;
    private static final int COLLECTIONS = 10;

    private final List<WeakReference<Object>> watched = new ArrayList<>();

    /** Watches the first ones. */
    public <T> T watch(T object) {
        synchronized (watched) {
            if (watched.size() < MOST) {
                watched.add(new WeakReference<>(object));
            }
        }
        return object;
    }

    public int size() {
        return watched.size();
    }

    /** Kinds of what is still there after some collections, with their number; empty: nothing is. */
    public String left() {
        for (int i = 0; i < COLLECTIONS && watched.stream().anyMatch(one -> one.get() != null); i++) {
            System.gc();
        }
        return watched.stream()
                .map(WeakReference::get)
                .filter(object -> object != null)
                .collect(Collectors.groupingBy(object -> object.getClass().getSimpleName(), Collectors.counting()))
                .entrySet().stream()
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}

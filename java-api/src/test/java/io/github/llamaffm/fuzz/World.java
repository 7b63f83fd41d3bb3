package io.github.llamaffm.fuzz;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What is open, or was, and belongs to all threads. */
final class World {

    /** Those that could not be closed when another one took their place: something used them. */
    private final List<Handle> left = new ArrayList<>();
    private final Map<Kind<?>, List<Handle>> handles = new HashMap<>();
    private final Map<Kind<?>, Integer> made = new HashMap<>();

    World() {
        Kind.ALL.forEach(kind -> handles.put(kind, new ArrayList<>()));
    }

    /**
     * @param owner  what it was made from; the value itself where that is nothing
     * @param player whose operation made it
     */
    record Handle(Kind<?> kind, int number, Object value, Object owner, int player) {
        @Override
        public String toString() {
            return kind.name() + " " + number;
        }

        /** @throws RuntimeException as the API's close() does */
        void close() {
            if (value instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** What takes the place of another gives that back, to be closed. */
    synchronized Optional<Handle> keep(Kind<?> kind, Object value, Object owner, Player player) {
        List<Handle> list = handles.get(kind);
        int number = made.merge(kind, 1, Integer::sum);
        Handle handle = new Handle(kind, number, value, owner == null ? value : owner, player.number());
        Handle replaced = list.size() < kind.most() ? null : list.remove(player.random().nextInt(list.size()));
        list.add(handle);
        player.note("=> " + handle);
        return Optional.ofNullable(replaced);
    }

    synchronized void leave(Handle handle) {
        left.add(handle);
    }

    /** One of a kind: mostly of the same owner and made by the same thread, or any. */
    synchronized Optional<Handle> pick(Kind<?> kind, Object owner, Player player) {
        List<Handle> list = handles.get(kind);
        Random random = player.random();
        boolean any = random.nextInt(100) < 8;
        boolean own = random.nextInt(100) < 75;
        int start = random.nextInt(Integer.MAX_VALUE);
        if (!any && owner != null) {
            list = list.stream().filter(handle -> handle.owner() == owner).toList();
        } else if (!any && own) {
            List<Handle> mine = list.stream().filter(handle -> handle.player() == player.number()).toList();
            list = mine.isEmpty() ? list : mine;
        }
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(start % list.size()));
    }

    /** What something was made from. */
    synchronized Optional<Object> owner(Object value) {
        return handles.values().stream().flatMap(List::stream)
                .filter(handle -> handle.value() == value)
                .map(Handle::owner).findFirst();
    }

    synchronized void forget(Object value) {
        handles.values().forEach(list -> list.removeIf(handle -> handle.value() == value));
    }

    /** Most of what was made from something that is closed: it would answer nothing else any more. It is closed with the rest. */
    synchronized void forgetMade(Object owner, Random random) {
        List<Handle> made = handles.values().stream().flatMap(List::stream)
                .filter(handle -> handle.owner() == owner && handle.value() != owner && random.nextInt(10) > 0).toList();
        made.forEach(handle -> {
            handles.get(handle.kind()).remove(handle);
            left.add(handle);
            forgetMade(handle.value(), random);
        });
    }

    /** All of it, in a random order. */
    synchronized List<Handle> takeAll(Random random) {
        List<Handle> all = new ArrayList<>(left);
        left.clear();
        handles.values().forEach(list -> {
            all.addAll(list);
            list.clear();
        });
        Collections.shuffle(all, random);
        return all;
    }
}

package io.github.llamaffm.fuzz;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** All operations there are, by subject. */
final class Operations {

    static final List<Class<?>> SUBJECTS = List.of(
            Models.class, Contexts.class, Sequences.class, Batches.class, Generations.class, Samplers.class, Grammars.class,
            Tokens.class, Embeddings.class, Ranks.class, Tunings.class, States.class, Plans.class, Natives.class, Pools.class,
            Disturbances.class);

    /** In an order that no change of the JDK changes. */
    static final List<Entry> ALL = SUBJECTS.stream().flatMap(Operations::of).toList();

    private static final int WEIGHT = ALL.stream().mapToInt(Entry::weight).sum();

    private Operations() {}

    record Entry(String name, int weight, List<Class<? extends Throwable>> mayThrow, MethodHandle handle) {
        void play(Player player) throws Throwable {
            handle.invokeExact(player);
        }
    }

    static Entry choose(Random random) {
        int left = random.nextInt(WEIGHT);
        for (Entry entry : ALL) {
            left -= entry.weight();
            if (left < 0) {
                return entry;
            }
        }
        throw new AssertionError(left);
    }

    private static Stream<Entry> of(Class<?> subject) {
        List<Entry> entries = new ArrayList<>();
        for (Method method : subject.getDeclaredMethods()) {
            Operation operation = method.getAnnotation(Operation.class);
            if (operation != null) {
                try {
                    entries.add(new Entry(subject.getSimpleName() + "." + method.getName(), operation.weight(),
                            List.of(operation.mayThrow()), MethodHandles.lookup().unreflect(method)));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return entries.stream().sorted(Comparator.comparing(Entry::name));
    }
}

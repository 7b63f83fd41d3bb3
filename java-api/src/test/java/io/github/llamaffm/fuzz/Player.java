package io.github.llamaffm.fuzz;

import io.github.llamaffm.Candidates;
import io.github.llamaffm.DecodeException;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.Model;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One thread of a run: plays one operation after the other, and gives each what it chooses at random. Everything random of an
 * operation comes from the seed, the thread and its number, so that a list of operations is the same in every run.
 */
final class Player {

    private static final List<Class<? extends Throwable>> DOCUMENTED = List.of(
            LlamaException.class, IllegalArgumentException.class, IllegalStateException.class, Thrown.class);

    private final Run run;
    private final int number;
    private final StringBuilder line = new StringBuilder();
    private long operation;
    private Random random = new Random(0);
    private boolean nulls;
    private volatile Thread thread;
    private volatile long startedNanos;
    private volatile String current = "";

    Player(Run run, int number) {
        this.run = run;
        this.number = number;
    }

    int number() {
        return number;
    }

    Random random() {
        return random;
    }

    Run run() {
        return run;
    }

    World world() {
        return run.world();
    }

    Thread thread() {
        return thread;
    }

    /** Since when the operation under way runs; 0: none does. */
    long startedNanos() {
        return startedNanos;
    }

    String current() {
        return current;
    }

    /** Plays so many operations on the calling thread, fewer where the run fails. */
    void play(int count) {
        thread = Thread.currentThread();
        for (int i = 0; i < count && !run.failed(); i++) {
            playOne();
        }
    }

    private void playOne() {
        operation++;
        random = new Random(run.seed() * 1_000_003 + number * 7_919L + operation * 104_729);
        random.nextLong();
        nulls = false;
        line.setLength(0);
        Operations.Entry entry = Operations.choose(random);
        current = entry.name();
        run.trace().begin(number, operation);
        note(entry.name());
        startedNanos = System.nanoTime();
        String outcome = Tally.DONE;
        try {
            entry.play(this);
        } catch (NothingThere nothing) {
            outcome = Tally.SKIPPED;
        } catch (Throwable thrown) {
            outcome = thrown.getClass().getSimpleName();
            note("!! " + outcome);
            judge(entry, thrown);
        } finally {
            startedNanos = 0;
            // Some operations interrupt others.
            Thread.interrupted();
        }
        note(".");
        run.tally().count(entry.name(), outcome);
    }

    private void judge(Operations.Entry entry, Throwable thrown) {
        boolean expected = nulls && thrown instanceof NullPointerException
                || DOCUMENTED.stream().anyMatch(type -> type.isInstance(thrown))
                || entry.mayThrow().stream().anyMatch(type -> type.isInstance(thrown));
        if (thrown instanceof LlamaException failure) {
            Values.readFailure(failure);
            countAbort(failure);
            run.tally().message(failure, line.toString());
        }
        // Whatever is asked for, llama.cpp is never given a batch that it cannot compute.
        if (!expected || thrown instanceof DecodeException) {
            run.fail("thread %d, operation %d, %s: not documented".formatted(number, operation, line), thrown);
        }
    }

    /** Counts a failure that was an abort of native code. */
    private void countAbort(LlamaException failure) {
        String text = failure.getMessage() + failure.nativeLog();
        if (text.contains(" aborted: ") || text.contains("GGML_ASSERT") || text.contains("GGML_ABORT")) {
            run.tally().abort(current + ": " + failure.getClass().getSimpleName() + " "
                    + failure.getMessage().lines().findFirst().orElse("").replaceAll("[0-9]+", "N").replaceAll("[^ -~]", "?"));
        }
    }

    /** Writes into the trace what this operation does. */
    synchronized void note(String text) {
        line.append(text).append(' ');
        run.trace().append(number, operation, text + " ");
    }

    /** An argument, which is written into the trace. */
    <T> T arg(String name, T value) {
        note(name + "=" + describe(value));
        return value;
    }

    private static String describe(Object value) {
        return switch (value) {
            case null -> "null";
            case int[] tokens -> tokens.length > 24 ? tokens.length + " ints" : Arrays.toString(tokens);
            case String text -> '"' + (text.length() > 60 ? text.substring(0, 60) + "…" + text.length() : text) + '"';
            case Object array when array.getClass().isArray() -> Array.getLength(array) + " elements";
            default -> {
                String text = value.toString();
                yield text.length() > 160 ? text.substring(0, 160) + "…" : text;
            }
        };
    }

    /** From 0 to one less. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Now and then an argument is wrong. */
    boolean mischief() {
        return random.nextInt(1000) < 25;
    }

    @SafeVarargs
    final <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** From the least to the most, both included, or something at or beyond a boundary. */
    int number(int least, int most) {
        return mischief()
                ? one(-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30, least - 1, most + 1, Integer.MAX_VALUE - 1)
                : least + random.nextInt(Math.max(1, most - least + 1));
    }

    float real(float least, float most) {
        return mischief()
                ? one(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1f, 0f, Float.MAX_VALUE, Float.MIN_VALUE, 1e30f)
                : least + random.nextFloat() * (most - least);
    }

    /** Now and then null, which nothing takes. */
    <T> T orNull(T value) {
        if (random.nextInt(1000) < 4) {
            nulls = true;
            return null;
        }
        return value;
    }

    String text() {
        return switch (random.nextInt(24)) {
            case 0 -> "";
            case 1 -> "\ud800 alone";
            case 2 -> "a\0b";
            case 3 -> "The quick brown fox jumps over it. ".repeat(1 + random.nextInt(60));
            case 4 -> "<|im_start|>user\nHello<|im_end|>";
            case 5 -> "大小 größer 🦙🦙 \u200d\uFFFD";
            case 6 -> "a".repeat(random.nextInt(2000));
            case 7 -> " ".repeat(random.nextInt(2000));
            default -> one("Hello", "The capital of France is", "one two three", "x", "Once upon a time, there was a llama", "1 + 1 =");
        };
    }

    int[] tokens(Model model) {
        int size = model.info().vocabularySize();
        int count = chance(5) ? below(400) : below(14);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = random.nextInt(size);
        }
        if (count > 0 && mischief()) {
            tokens[below(count)] = one(-1, size, Integer.MAX_VALUE, Integer.MIN_VALUE, -2);
        }
        return tokens;
    }

    /** Of the vocabulary, as a rule. */
    int token(Model model) {
        return number(0, Math.max(0, model.info().vocabularySize() - 1));
    }

    <T> T pick(Kind<T> kind) {
        return pick(kind, null);
    }

    /**
     * Something of a kind that was made from the owner, or now and then from another.
     *
     * @throws NothingThere if there is nothing
     */
    @SuppressWarnings("unchecked")
    <T> T pick(Kind<T> kind, Object owner) {
        World.Handle handle = world().pick(kind, owner, this).orElseThrow(() -> new NothingThere(kind.name()));
        note(handle.toString());
        return (T) handle.value();
    }

    /** As {@link #pick(Kind, Object)}, but where there is nothing, or now and then, one is made. */
    <T> T pickOrMake(Kind<T> kind, Object owner, Supplier<T> maker) {
        Optional<T> found = chance(4) ? Optional.empty() : find(kind, owner);
        return found.orElseGet(maker);
    }

    /** Something of a kind, or nothing where there is nothing. */
    <T> Optional<T> find(Kind<T> kind, Object owner) {
        return world().pick(kind, owner, this).map(handle -> {
            note(handle.toString());
            @SuppressWarnings("unchecked")
            T value = (T) handle.value();
            return value;
        });
    }

    /** Keeps something for later operations, for which another may be closed. */
    <T> T keep(Kind<T> kind, T value, Object owner) {
        world().keep(kind, value, owner, this).ifPresent(replaced -> {
            note("closes " + replaced);
            try {
                replaced.close();
                world().forgetMade(replaced.value(), random);
            } catch (IllegalStateException inUse) {
                world().leave(replaced);
            }
        });
        return value;
    }

    /** Of a sampler written in Java, which may run on another thread than this. */
    void keepCandidates(Candidates candidates) {
        world().keep(Kind.CANDIDATES, candidates, null, this);
    }

    /** Something that lasts ends: it may stay among what later operations get. */
    void closed(Object value) {
        world().forgetMade(value, random);
        if (chance(80)) {
            world().forget(value);
        }
    }

    /** Does something from another thread while an operation of this one is under way; in a run of one thread it does it now. */
    void meanwhile(Runnable disturbance) {
        if (run.players() == 1) {
            disturbance.run();
            return;
        }
        int spins = random.nextInt(20_000);
        AtomicBoolean go = new AtomicBoolean();
        run.aside(() -> {
            for (int i = 0; i < spins && !go.get(); i++) {
                Thread.onSpinWait();
            }
            disturbance.run();
        });
    }
}

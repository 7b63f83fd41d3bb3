package io.github.llamaffm.fuzz;

import io.github.llamaffm.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** What the players of a run share. */
final class Run {

    private final long seed;
    private final Inputs inputs;
    private final Trace trace;
    private final Path folder;
    private final World world = new World();
    private final Tally tally = new Tally();
    private final List<Player> players;
    private final ExecutorService aside = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("aside-", 0).factory());
    private final List<Future<?>> disturbances = new ArrayList<>();
    private Model reference;
    private volatile String step = "";
    private volatile long stepNanos = System.nanoTime();
    private volatile String failure;
    private volatile Throwable cause;

    Run(long seed, int threads, Path folder, Inputs inputs) {
        this.seed = seed;
        this.folder = folder;
        this.inputs = inputs;
        this.trace = new Trace(folder.resolve("trace"), threads);
        this.players = IntStream.range(0, threads).mapToObj(number -> new Player(this, number)).toList();
    }

    long seed() {
        return seed;
    }

    Inputs inputs() {
        return inputs;
    }

    Path folder() {
        return folder;
    }

    /** The model that lives as long as the run. */
    Model reference() {
        return reference;
    }

    void reference(Model model) {
        reference = model;
    }

    World world() {
        return world;
    }

    Tally tally() {
        return tally;
    }

    Trace trace() {
        return trace;
    }

    int players() {
        return players.size();
    }

    Player player(int number) {
        return players.get(number);
    }

    List<Player> all() {
        return players;
    }

    /** What goes on now that is no operation. */
    void step(String what) {
        step = what;
        stepNanos = System.nanoTime();
    }

    String step() {
        return step;
    }

    long stepNanos() {
        return stepNanos;
    }

    void fail(String what, Throwable thrown) {
        synchronized (this) {
            if (failure == null) {
                cause = thrown;
                failure = what;
            }
        }
    }

    boolean failed() {
        return failure != null;
    }

    String failure() {
        return failure;
    }

    Throwable cause() {
        return cause;
    }

    void aside(Runnable work) {
        synchronized (disturbances) {
            disturbances.removeIf(Future::isDone);
            disturbances.add(aside.submit(work));
        }
    }

    /** Waits until nothing goes on beside the players, which have stopped. */
    void settle() throws InterruptedException {
        List<Future<?>> open;
        synchronized (disturbances) {
            open = List.copyOf(disturbances);
            disturbances.clear();
        }
        for (Future<?> disturbance : open) {
            try {
                disturbance.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RuntimeException)) {
                    fail("beside the players", e.getCause());
                }
            }
        }
    }
}

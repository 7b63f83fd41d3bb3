package io.github.llamaffm;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends texts through a {@link PooledContext} in packs, in order. Texts are prepared and results handed over on the calling
 * thread and outside the context, which may be closed meanwhile.
 */
final class TextStream {

    private final String name;
    private final PooledContext pooled;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    /** @param name of the owner in messages */
    TextStream(String name, PooledContext pooled) {
        this.name = name;
        this.pooled = pooled;
    }

    /** Makes what the caller gets of a text; the row is there where the text did not fail. */
    interface ResultMaker<R> {
        R make(int index, PreparedText text, float @Nullable [] row);
    }

    /** Takes each text once, and holds no more of them than a pack. */
    <T, R> void run(Iterator<T> texts, Function<T, PreparedText> prepare, ResultMaker<R> maker, Consumer<R> each,
            Optional<IntConsumer> progress, Optional<Cancellation> cancellation) {
        begin();
        try (Stop stop = new Stop(pooled.context().flag(), cancellation.orElseGet(Cancellation::create))) {
            Run<R> run = new Run<>(maker, each, progress, stop);
            try {
                run.requireGoingOn();
                while (texts.hasNext()) {
                    run.add(prepare.apply(texts.next()));
                }
                run.flush();
            } catch (CancelledException e) {
                pooled.context().events().stopped(stop, name, run.packTokens);
                throw e;
            }
        } finally {
            user.set(null);
        }
    }

    private void begin() {
        if (pooled.context().isClosed()) {
            throw closed();
        }
        Thread current = Thread.currentThread();
        if (!user.compareAndSet(null, current)) {
            if (user.get() == current) {
                throw new IllegalStateException("the %s is in use further up on this thread: use another one".formatted(name));
            }
            throw new ConcurrentUseException("the %s is in use by another thread; one thread at a time may use it".formatted(name));
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the " + name + " is closed");
    }

    /** One pass over some texts. */
    private final class Run<R> {

        private final ResultMaker<R> maker;
        private final Consumer<R> each;
        private final Optional<IntConsumer> progress;
        private final Stop stop;
        private final List<PreparedText> pack = new ArrayList<>();
        private int packTokens;
        private int done;

        Run(ResultMaker<R> maker, Consumer<R> each, Optional<IntConsumer> progress, Stop stop) {
            this.maker = maker;
            this.each = each;
            this.progress = progress;
            this.stop = stop;
        }

        void add(PreparedText text) {
            int tokens = text.tokens().length;
            if (pack.size() == pooled.packTexts() || packTokens > 0 && packTokens + tokens > pooled.packTokens()) {
                flush();
            }
            pack.add(text);
            packTokens += tokens;
        }

        void flush() {
            if (pack.isEmpty()) {
                return;
            }
            requireGoingOn();
            Iterator<float[]> rows = compute().iterator();
            for (PreparedText text : pack) {
                each.accept(maker.make(done, text, text.failure() == null ? rows.next() : null));
                done++;
            }
            pack.clear();
            packTokens = 0;
            progress.ifPresent(listener -> listener.accept(done));
        }

        private List<float[]> compute() {
            List<int[]> texts = pack.stream().filter(text -> text.failure() == null).map(PreparedText::tokens).toList();
            return texts.isEmpty() ? List.of() : pooled.compute(texts, stop);
        }

        void requireGoingOn() {
            if (pooled.context().isClosed()) {
                throw closed();
            }
            if (stop.requested()) {
                throw new CancelledException("the %s was cancelled after %d texts".formatted(name, done));
            }
        }
    }
}

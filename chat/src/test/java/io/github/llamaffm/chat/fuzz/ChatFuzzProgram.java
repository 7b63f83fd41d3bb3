package io.github.llamaffm.chat.fuzz;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.ChatException;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.testkit.TinyModel;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Plays random operations; every second thread is a virtual one. Prints how often each outcome came. Exit code 0: nothing was wrong.
 *
 * <p>Arguments: a folder, a file of a template with tools, the seed, how many operations, threads.
 */
final class ChatFuzzProgram {

    /** Operations between two moments at which all is closed. */
    private static final int ROUND = 250;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final List<Class<? extends Throwable>> DOCUMENTED = List.of(ChatException.class, LlamaException.class,
            IllegalArgumentException.class, IllegalStateException.class, NoSuchElementException.class, UncheckedIOException.class);

    private final long seed;
    private final FuzzedChats chats;
    private final Map<String, FuzzedChats.Operation> operations;
    private final Map<String, AtomicLong> outcomes = new ConcurrentSkipListMap<>();
    private final AtomicReferenceArray<String> current;
    private final AtomicLongArray started;

    private ChatFuzzProgram(long seed, int threads, FuzzedChats chats) {
        this.seed = seed;
        this.chats = chats;
        this.operations = new TreeMap<>(chats.operations());
        this.current = new AtomicReferenceArray<>(threads);
        this.started = new AtomicLongArray(threads);
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[3]);
        int threads = Integer.parseInt(arguments[4]);
        try (Model model = Model.load(TinyModel.llama().contextSize(1024).writeTo(folder.resolve("tiny.gguf")));
                FuzzedChats chats = new FuzzedChats(model, Files.readString(Path.of(arguments[1])), folder)) {
            ChatFuzzProgram program = new ChatFuzzProgram(Long.parseLong(arguments[2]), threads, chats);
            program.watch();
            String expected = program.reference(model);
            for (int done = 0; done < count; done += ROUND) {
                program.playRound(done, Math.min(ROUND, count - done) / threads);
                chats.close();
                if (!program.reference(model).equals(expected)) {
                    program.fail("a fresh chat model answers otherwise", null);
                }
            }
            program.outcomes.forEach((outcome, times) -> System.out.println(outcome + " " + times));
        }
    }

    private String reference(Model model) {
        try (ChatModel fresh = ChatModel.of(model,
                ChatModelOptions.builder().context(ContextOptions.builder().contextSize(256).threads(1).build()).build())) {
            return fresh.ask("Hello", AskOptions.maxTokens(12).sampler(SamplerOptions.greedy())).text();
        }
    }

    private void playRound(int done, int share) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < current.length(); i++) {
            int number = i;
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.name("player-" + i).start(() -> {
                for (int operation = 0; operation < share; operation++) {
                    play(number, done + operation);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void play(int thread, int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number * 7_919L + thread);
        List<String> names = List.copyOf(operations.keySet());
        String name = names.get(random.nextInt(names.size()));
        current.set(thread, name + ", operation " + number);
        started.set(thread, System.nanoTime());
        String outcome = "done";
        try {
            operations.get(name).play(new RandomAsk(random));
        } catch (Throwable e) {
            outcome = e.getClass().getSimpleName();
            if (DOCUMENTED.stream().noneMatch(type -> type.isInstance(e)) || e.getMessage() == null) {
                fail("thread %d, %s: not documented".formatted(thread, current.get(thread)), e);
            }
        } finally {
            started.set(thread, 0);
        }
        outcomes.computeIfAbsent(name + ": " + outcome, _ -> new AtomicLong()).incrementAndGet();
    }

    private void watch() {
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            while (true) {
                for (int i = 0; i < started.length(); i++) {
                    long since = started.get(i);
                    if (since != 0 && System.nanoTime() - since > LIMIT.toNanos()) {
                        Thread.getAllStackTraces().forEach((thread, stack) -> System.err.println(thread + "\n\t" + List.of(stack)));
                        fail("thread %d hangs: %s".formatted(i, current.get(i)), null);
                    }
                }
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
            }
        });
    }

    private void fail(String what, Throwable thrown) {
        System.err.println(what);
        if (thrown != null) {
            thrown.printStackTrace();
        }
        // Not exit(): what is wrong may be that something does not end.
        System.err.flush();
        Runtime.getRuntime().halt(1);
    }
}

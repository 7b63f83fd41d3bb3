package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.QwenTools.call;
import static io.github.llamaffm.chat.QwenTools.calls;
import static io.github.llamaffm.chat.QwenTools.results;
import static io.github.llamaffm.chat.QwenTools.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers: their threads, their time, and what becomes of what they return and throw. */
@Timeout(120)
class ToolHandlersIT {

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = QwenTools.load(folder);
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static AskOptions.Values saying(List<Tool> tools, String... answers) {
        return AskOptions.tools(tools).sampler(Said.inTurn(model, answers));
    }

    private static Answer ask(Tool tool, ToolLoop loop) {
        try (ChatModel chatModel = QwenTools.open(model)) {
            return answer(chatModel, talk("?"), saying(List.of(tool), call(tool.name()), "Done.").toolLoop(loop));
        }
    }

    /** Waits until it is interrupted, and says so. */
    private static final class Sleeper implements ToolHandler<String> {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public Object call(String arguments) throws InterruptedException {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
                return "woken";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }
    }

    /** Hears of no interrupt until it is closed. */
    private static final class Deaf implements ToolHandler<String>, AutoCloseable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean closed;

        @Override
        public Object call(String arguments) {
            begun.countDown();
            while (!closed) {
                Thread.onSpinWait();
                Thread.yield();
            }
            ended.countDown();
            return "late";
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Each waits for the others to run; the first call ends last. */
    @Test
    void severalRunAtOnceAndKeepTheirOrder() {
        CyclicBarrier all = new CyclicBarrier(3);
        CountDownLatch others = new CountDownLatch(2);
        Tool slow = tool("slow", _ -> {
            all.await();
            others.await();
            return "slow" + Thread.currentThread().isVirtual();
        });
        Tool quick = tool("quick", _ -> {
            all.await();
            others.countDown();
            return "quick";
        });
        try (ChatModel chatModel = QwenTools.open(model)) {
            Answer answer = answer(chatModel, talk("?"), saying(List.of(slow, quick), calls("slow", "quick", "quick"), "Done."));
            assertThat(results(answer)).containsExactly("slowtrue", "quick", "quick");
        }
    }

    @Test
    void anExecutorRunsThemInOrder() {
        List<String> runs = Collections.synchronizedList(new ArrayList<>());
        Tool first = tool("first", _ -> runs.add("first " + Thread.currentThread().getName()));
        Tool second = tool("second", _ -> runs.add("second " + Thread.currentThread().getName()));
        try (ChatModel chatModel = QwenTools.open(model);
                ExecutorService one = Executors.newSingleThreadExecutor(task -> Thread.ofPlatform().name("mine").unstarted(task))) {
            for (ToolLoop loop : List.of(ToolLoop.automatic().executor(one), ToolLoop.automatic().executor(Runnable::run))) {
                runs.clear();
                Answer answer = answer(chatModel, talk("?"), saying(List.of(first, second), calls("second", "first", "first"), "Done.").toolLoop(loop));
                assertThat(results(answer)).containsExactly("true", "true", "true");
                assertThat(runs).extracting(run -> run.split(" ")[0]).containsExactly("second", "first", "first");
            }
            answer(chatModel, talk("?"), saying(List.of(first), call("first"), "Done.").toolLoop(ToolLoop.automatic().executor(one)));
            assertThat(runs).endsWith("first mine");
        }
    }

    @Test
    void anExecutorMayRefuse() {
        ExecutorService closed = Executors.newSingleThreadExecutor();
        closed.close();
        Tool tool = tool("work", _ -> "done");
        assertThat(results(ask(tool, ToolLoop.automatic().executor(closed))))
                .containsExactly("error: RejectedExecutionException: no thread was free for it");
        assertThatExceptionOfType(ToolException.class)
                .isThrownBy(() -> ask(tool, ToolLoop.automatic().executor(closed).onError(OnToolError.FAIL)))
                .withMessageContaining("work").withCauseInstanceOf(RejectedExecutionException.class);
    }

    /** Nobody waits for ever for a thread that was not made. */
    @Test
    void anExecutorMayFail() {
        Error failure = new OutOfMemoryError("unable to create native thread");
        Tool tool = tool("work", _ -> "done");
        assertThatExceptionOfType(ToolException.class).isThrownBy(() -> ask(tool, ToolLoop.automatic().executor(_ -> {
            throw failure;
        }))).withMessageContaining("'work'").withCause(failure);
        AtomicInteger given = new AtomicInteger();
        ToolLoop loop = ToolLoop.automatic().executor(run -> {
            if (given.incrementAndGet() == 1) {
                throw new IllegalStateException("no pool");
            }
            run.run();
        });
        try (ChatModel chatModel = QwenTools.open(model)) {
            Answer answer = answer(chatModel, talk("?"), saying(List.of(tool), calls("work", "work"), "Done.").toolLoop(loop));
            assertThat(results(answer)).containsExactly("error: IllegalStateException: no pool", "done");
        }
    }

    @Test
    void timeIsLimited() throws Exception {
        ToolLoop loop = ToolLoop.automatic().timeLimit(Duration.ofMillis(20));
        Sleeper sleeper = new Sleeper();
        Answer told = ask(tool("sleep", sleeper), loop);
        assertThat(results(told)).containsExactly("error: TimeoutException: no answer within PT0.02S");
        assertThat(told.text()).isEqualTo("Done.");
        sleeper.interrupted.await();
        assertThatExceptionOfType(ToolException.class).isThrownBy(() -> ask(tool("sleep", new Sleeper()), loop.onError(OnToolError.FAIL)))
                .withMessageContaining("sleep").withMessageContaining("PT0.02S").withCauseInstanceOf(TimeoutException.class);
        try (Deaf deaf = new Deaf()) {
            assertThat(results(ask(tool("spin", deaf), loop))).containsExactly("error: TimeoutException: no answer within PT0.02S");
            assertThat(deaf.ended.getCount()).isEqualTo(1);
        }
    }

    /** What waits for a thread has time left when it gets one. */
    @Test
    void timeBeginsWithTheHandler() {
        CountDownLatch never = new CountDownLatch(1);
        Tool sleep = tool("sleep", _ -> {
            never.await();
            return "";
        });
        Tool quick = tool("quick", _ -> "quick");
        try (ChatModel chatModel = QwenTools.open(model); ExecutorService one = Executors.newSingleThreadExecutor()) {
            Answer answer = answer(chatModel, talk("?"), saying(List.of(sleep, quick), calls("sleep", "sleep", "quick"), "Done.")
                    .toolLoop(ToolLoop.automatic().executor(one).timeLimit(Duration.ofMillis(300))));
            assertThat(results(answer)).containsExactly("error: TimeoutException: no answer within PT0.3S",
                    "error: TimeoutException: no answer within PT0.3S", "quick");
        }
    }

    private enum End { CANCEL, TOKEN, CLOSE_MODEL }

    /** At once, whatever handlers do about it. */
    @ParameterizedTest
    @EnumSource
    void whatEndsTheCallEndsItsTools(End end) throws Exception {
        Sleeper sleeper = new Sleeper();
        CountDownLatch done = new CountDownLatch(1);
        Tool quick = tool("quick", _ -> {
            done.countDown();
            return "quick";
        });
        Cancellation token = Cancellation.create();
        ChatModel chatModel = QwenTools.open(model);
        try (Deaf deaf = new Deaf()) {
            AskOptions.Values options = saying(List.of(tool("spin", deaf), quick, tool("sleep", sleeper)), calls("spin", "quick", "sleep"), "Done.").cancellation(token);
            Reply reply = chatModel.reply(talk("?"), options);
            deaf.begun.await();
            sleeper.begun.await();
            done.await();
            switch (end) {
                case CANCEL -> reply.cancel();
                case TOKEN -> token.cancel();
                case CLOSE_MODEL -> chatModel.close();
            }
            Answer answer = reply.answer();
            assertThat(answer.reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(answer.message().toolCalls()).hasSize(3);
            assertThat(answer.newMessages()).startsWith(answer.message());
            assertThat(answer.openToolCalls()).extracting(ToolCall::name).contains("spin", "sleep");
            assertThat(deaf.ended.getCount()).isEqualTo(1);
            sleeper.interrupted.await();
        } finally {
            chatModel.close();
        }
    }

    @Test
    void aDeadlineEndsTools() throws Exception {
        try (Deaf deaf = new Deaf()) {
            ToolRuns runs = new ToolRuns(ToolLoop.automatic(), Deadline.in(Optional.of(Duration.ofMillis(200))));
            runs.add(new ToolCall("1", "quick", "{}"), _ -> "quick");
            runs.add(new ToolCall("2", "spin", "{}"), deaf);
            assertThat(runs.run()).contains(StopReason.DEADLINE);
            assertThat(deaf.ended.getCount()).isEqualTo(1);
            assertThat(runs.results()).doesNotHaveDuplicates().allMatch(message -> message.content().text().equals("quick"));
        }
        try (ChatModel chatModel = QwenTools.open(model)) {
            Answer answer = answer(chatModel, talk("?"), saying(List.of(tool("sleep", new Sleeper())), call("sleep")).deadline(Duration.ofSeconds(1)));
            assertThat(answer.reason()).isEqualTo(StopReason.DEADLINE);
        }
    }

    @Test
    void aClosedReplyEndsItsTools() throws Exception {
        Sleeper sleeper = new Sleeper();
        try (ChatModel chatModel = QwenTools.open(model)) {
            Reply reply = chatModel.reply(talk("?"), saying(List.of(tool("sleep", sleeper)), call("sleep")));
            sleeper.begun.await();
            reply.close();
            sleeper.interrupted.await();
            assertThatIllegalStateException().isThrownBy(reply::answer);
        }
    }

    record Weather(String city, List<Integer> degrees) {}

    @Test
    void resultsAreTextOrJson() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        Map<Object, String> results = Map.of("a \"text\"\n", "a \"text\"\n", "", "", 5, "5", List.of(1, "b"), "[1,\"b\"]",
                new Weather("Quito", List.of(14, 15)), "{\"city\":\"Quito\",\"degrees\":[14,15]}", Map.of("a", true), "{\"a\":true}");
        results.forEach((value, text) -> assertThat(results(ask(tool("work", _ -> value), ToolLoop.automatic()))).containsExactly(text));
        assertThat(results(ask(tool("work", _ -> null), ToolLoop.automatic()))).containsExactly("null");
        assertThat(results(ask(tool("work", _ -> loop), ToolLoop.automatic()))).singleElement().asString()
                .startsWith("error: StreamConstraintsException").endsWith("…").hasSizeLessThan(600);
    }

    @Test
    void exceptionsAreToldOrEndTheCall() {
        IllegalStateException failure = new IllegalStateException("no line to Quito");
        Tool tool = tool("work", _ -> {
            throw failure;
        });
        assertThat(results(ask(tool, ToolLoop.automatic()))).containsExactly("error: IllegalStateException: no line to Quito");
        assertThatExceptionOfType(ToolException.class).isThrownBy(() -> ask(tool, ToolLoop.automatic().onError(OnToolError.FAIL)))
                .withMessage("the tool 'work' failed: IllegalStateException: no line to Quito").withCause(failure);
        Tool nameless = tool("work", _ -> {
            throw new Exception() {};
        });
        assertThat(results(ask(nameless, ToolLoop.automatic()))).containsExactly("error: Exception");
    }

    /** A failure ends the call before others have ended. */
    @Test
    void oneFailureIsEnough() throws Exception {
        Sleeper sleeper = new Sleeper();
        Tool failing = tool("fail", _ -> {
            sleeper.begun.await();
            throw new IllegalStateException("now");
        });
        try (ChatModel chatModel = QwenTools.open(model)) {
            assertThatExceptionOfType(ToolException.class).isThrownBy(() -> answer(chatModel, talk("?"),
                    saying(List.of(tool("sleep", sleeper), failing), calls("sleep", "fail")).toolLoop(ToolLoop.automatic().onError(OnToolError.FAIL))));
            sleeper.interrupted.await();
        }
    }

    /** Nothing to tell a model. */
    @Test
    void errorsEndTheCall() {
        List<ToolHandler<String>> handlers = List.of(_ -> overflow(0), _ -> {
            throw new LinkageError("no class");
        });
        for (ToolHandler<String> handler : handlers) {
            for (ToolLoop loop : List.of(ToolLoop.automatic(), ToolLoop.automatic().executor(Runnable::run))) {
                assertThatExceptionOfType(ToolException.class).isThrownBy(() -> ask(tool("work", handler), loop))
                        .withMessageContaining("'work'").withCauseInstanceOf(Error.class);
            }
        }
    }

    private static long overflow(long depth) {
        return overflow(depth + 1) + depth;
    }

    /** The context is free while they run. */
    @Test
    void aHandlerMayAskTheSameModel() {
        try (ChatModel chatModel = QwenTools.open(model)) {
            Tool inner = tool("inner", _ -> "deep");
            Tool outer = tool("outer", _ -> {
                Answer answer = answer(chatModel, talk("Inside?"), saying(List.of(inner), call("inner"), "It is so."));
                return results(answer) + " " + answer.text();
            });
            Answer answer = answer(chatModel, talk("?"), saying(List.of(outer), calls("outer", "outer"), "Done."));
            assertThat(results(answer)).containsExactly("[deep] It is so.", "[deep] It is so.");
            assertThat(answer.text()).isEqualTo("Done.");
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(6);
        }
    }

    @Test
    void aHandlerMayCloseEverything() {
        AtomicReference<Reply> own = new AtomicReference<>();
        List<Consumer<ChatModel>> ends = List.of(ChatModel::close, _ -> own.get().cancel());
        for (Consumer<ChatModel> end : ends) {
            CountDownLatch known = new CountDownLatch(1);
            ChatModel chatModel = QwenTools.open(model);
            Tool tool = tool("work", _ -> {
                known.await();
                end.accept(chatModel);
                return "ended";
            });
            own.set(chatModel.reply(talk("?"), saying(List.of(tool), call("work"), "Done.")));
            known.countDown();
            assertThat(own.get().answer().reason()).isEqualTo(StopReason.CANCELLED);
            chatModel.close();
        }
    }
}

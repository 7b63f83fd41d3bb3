package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static io.github.llamaffm.chat.Asked.talk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Poison;
import io.github.llamaffm.PoisonedContextException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that many ask for, and some do not wait for, with a tiny model. */
@Timeout(120)
class ReplyIT {

    /** So many tokens last until somebody ends them. */
    private static final int ENDLESS = 65_536;

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(ENDLESS).writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static ChatModelOptions.Builder options() {
        return ChatModelOptions.builder().context(Asked.exact(ENDLESS));
    }

    private static ChatModel chatModel() {
        return ChatModel.of(model, options().build());
    }

    private static int[] plain(List<Message> messages, int tokens) {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            return Rule.answer(model, template.render(messages, AskOptions.defaults()).tokens(), tokens);
        }
    }

    /** A chain that says when it samples, and waits. */
    private static final class Gate implements CandidateSampler, AutoCloseable {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        AskOptions.Values options() {
            return AskOptions.maxTokens(3).sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> this), new SamplerSpec.Greedy()));
        }

        @Override
        public void close() {
            open.countDown();
        }

        @Override
        public void apply(Candidates candidates) {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static List<ChatEvent> events(Reply reply) {
        List<ChatEvent> events = new ArrayList<>();
        reply.forEach(events::add);
        return events;
    }

    @Test
    void eventsComeInOrder() {
        try (ChatModel chatModel = ChatModel.of(model,
                options().context(Asked.exact(2048).toBuilder().batchSize(16).ubatchSize(16).build()).build());
                Reply reply = chatModel.reply(talk("Where is Quito? ".repeat(5)), greedy(8))) {
            List<ChatEvent> events = events(reply);
            List<ChatEvent.Progress> progress = events.stream().filter(ChatEvent.Progress.class::isInstance)
                    .map(ChatEvent.Progress.class::cast).toList();
            int total = progress.getLast().total();
            assertThat(progress).hasSize(Math.ceilDiv(total, 16));
            for (int i = 0; i < progress.size(); i++) {
                assertThat(progress.get(i)).isEqualTo(new ChatEvent.Progress(Math.min(total, 16 * (i + 1)), total));
            }
            assertThat(events.subList(0, progress.size())).isEqualTo(progress);
            assertThat(events.getLast()).isInstanceOf(ChatEvent.Finish.class);
            Answer answer = ((ChatEvent.Finish) events.getLast()).answer();
            assertThat(events.get(events.size() - 2)).isEqualTo(answer.usage());
            StringBuilder text = new StringBuilder();
            events.forEach(event -> {
                if (event instanceof ChatEvent.Text(String piece)) {
                    text.append(piece);
                }
            });
            assertThat(text).hasToString(answer.text()).isNotEmpty();
            assertThat(answer.reason()).isEqualTo(StopReason.LENGTH);
            assertThat(answer.newMessages()).containsExactly(answer.message());
            assertThat(answer.usage().answerTokens()).isEqualTo(8);
            assertThat(answer.usage().promptTokens()).isEqualTo(total);
            assertThat(reply.answer()).isSameAs(answer);
            assertThatIllegalStateException().isThrownBy(reply::iterator);
        }
    }

    /** All at once: each gets its own answer, or hears that the model is busy. */
    @ParameterizedTest
    @ValueSource(longs = {0, 100_000})
    void manyAskAtOnce(long queueMillis) throws Exception {
        int calls = 200;
        List<int[]> expected = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            expected.add(plain(talk("Question " + i), 4));
        }
        assertThat(expected.stream().map(Arrays::toString).distinct().count()).isGreaterThan(20);
        int answered = 0;
        try (ChatModel chatModel = ChatModel.of(model, options().queueTimeout(Duration.ofMillis(queueMillis)).build());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                List<Message> messages = talk("Question " + i);
                answers.add(threads.submit(() -> answer(chatModel, messages, greedy(4))));
            }
            for (int i = 0; i < calls; i++) {
                try {
                    assertThat(ids(answers.get(i).get())).isEqualTo(expected.get(i));
                    answered++;
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(BusyException.class);
                }
            }
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(answered);
        }
        if (queueMillis > 0) {
            assertThat(answered).isEqualTo(calls);
        } else {
            assertThat(answered).isPositive();
        }
    }

    @Test
    void whoWaitsTooLongHearsOfIt() throws Exception {
        try (ChatModel chatModel = ChatModel.of(model, options().queueTimeout(Duration.ofMillis(1)).build());
                Gate gate = new Gate();
                Reply first = chatModel.reply(talk("a"), gate.options())) {
            gate.reached.await();
            assertThatExceptionOfType(BusyException.class).isThrownBy(() -> chatModel.ask("b"))
                    .satisfies(e -> assertThat(e.ahead()).isEqualTo(1))
                    .satisfies(e -> assertThat(e.waited()).isPositive());
            gate.close();
            assertThat(first.answer().reason()).isEqualTo(StopReason.LENGTH);
            assertThat(chatModel.ask("b", greedy(2)).reason()).isEqualTo(StopReason.LENGTH);
        }
    }

    @Test
    void aDeadlineCountsWhileWaiting() throws Exception {
        try (ChatModel chatModel = ChatModel.of(model, options().queueTimeout(Duration.ofDays(1)).build()); Gate gate = new Gate(); Reply first = chatModel.reply(talk("a"), gate.options())) {
            gate.reached.await();
            Answer late = chatModel.ask("b", AskOptions.deadline(Duration.ofMillis(5)));
            assertThat(late.reason()).isEqualTo(StopReason.DEADLINE);
            assertThat(late.text()).isEmpty();
            assertThat(late.usage().waiting()).isPositive();
            gate.close();
            assertThat(first.answer().text()).isNotEmpty();
        }
    }

    @Test
    void aDeadlineEndsAnAnswer() {
        try (ChatModel chatModel = chatModel()) {
            Answer answer = chatModel.ask("a", greedy(ENDLESS).deadline(Duration.ofMillis(300)));
            assertThat(answer.reason()).isEqualTo(StopReason.DEADLINE);
            assertThat(answer.usage().answerTokens()).isLessThan(ENDLESS / 2);
            assertThat(chatModel.ask("a", AskOptions.deadline(Duration.ZERO)).reason()).isEqualTo(StopReason.DEADLINE);
        }
    }

    @Test
    void whoWaitsCanBeCancelled() throws Exception {
        Cancellation token = Cancellation.create();
        try (ChatModel chatModel = chatModel(); Gate gate = new Gate(); Reply first = chatModel.reply(talk("a"), gate.options())) {
            gate.reached.await();
            Reply byToken = chatModel.reply(talk("b"), AskOptions.cancellation(token));
            Reply byReply = chatModel.reply(talk("c"), AskOptions.defaults());
            SingleContext decoding = (SingleContext) ((LocalChatModel) chatModel).decoding();
            while (decoding.present() < 3) {
                Thread.onSpinWait();
            }
            token.cancel();
            byReply.cancel();
            assertThat(byToken.answer().reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(byReply.answer().reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(chatModel.reply(talk("d"), AskOptions.cancellation(token)).answer().reason())
                    .isEqualTo(StopReason.CANCELLED);
            gate.close();
            assertThat(first.answer().reason()).isEqualTo(StopReason.LENGTH);
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(1);
        }
    }

    /** A client that goes away. */
    @Test
    void aClosedReplyFreesItsPlace() {
        AtomicInteger sampled = new AtomicInteger();
        CandidateSampler counter = candidates -> sampled.incrementAndGet();
        AskOptions endless = greedy(ENDLESS).sampler(
                SamplerOptions.of(new SamplerSpec.Custom(() -> counter), new SamplerSpec.Greedy()));
        try (ChatModel chatModel = chatModel()) {
            Reply left = chatModel.reply(talk("a"), endless);
            Iterator<ChatEvent> events = left.iterator();
            assertThat(events.hasNext()).isTrue();
            Reply waiting = chatModel.reply(talk("b"), greedy(4));
            left.close();
            left.close();
            assertThat(events.hasNext()).isFalse();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(events::next);
            assertThatIllegalStateException().isThrownBy(left::answer);

            assertThat(ids(waiting.answer())).isEqualTo(plain(talk("b"), 4));
            assertThat(sampled.get()).isLessThan(ENDLESS / 2);
        }
    }

    @Test
    void aSlowReaderKeepsNobodyWaiting() {
        try (ChatModel chatModel = chatModel()) {
            Reply unread = chatModel.reply(talk("a"), greedy(40));
            // It has its turn.
            assertThat(unread.iterator().hasNext()).isTrue();
            Answer other = answer(chatModel, talk("b"), greedy(4));
            assertThat(ids(other)).isEqualTo(plain(talk("b"), 4));
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(2);
            assertThat(ids(unread.answer())).isEqualTo(plain(talk("a"), 40));
        }
    }

    /** Each event is read by one of them, and both get the answer. */
    @Test
    void twoReadersGetOneAnswer() throws Exception {
        try (ChatModel chatModel = chatModel(); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                try (Reply reply = chatModel.reply(talk("a"), greedy(3))) {
                    Future<Answer> other = threads.submit(reply::answer);
                    assertThat(reply.answer()).isSameAs(other.get());
                }
            }
        }
    }

    @Test
    void anInterruptOfTheReaderCancels() {
        try (ChatModel chatModel = chatModel(); Reply reply = chatModel.reply(talk("a"), greedy(ENDLESS))) {
            Thread.currentThread().interrupt();
            Answer answer = reply.answer();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(answer.reason()).isEqualTo(StopReason.CANCELLED);
        }
    }

    /** Within one batch: what was evaluated until then is not evaluated again. */
    @Test
    void aCancellationEndsAPromptToo() {
        ContextOptions context = Asked.exact(4096).toBuilder().batchSize(32).ubatchSize(32).build();
        try (ChatModel chatModel = ChatModel.of(model, options().context(context).build());
                PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            Decoding decoding = ((LocalChatModel) chatModel).decoding();
            RenderedPrompt prompt = template.render(talk("word ".repeat(200)), AskOptions.defaults());
            Cancellation cancellation = Cancellation.create();
            List<Integer> progress = new ArrayList<>();
            DecodeOutcome outcome = decoding.run(
                    new DecodeRequest(prompt, GenerateOptions.builder().cancellation(cancellation).build(), Deadline.in(Optional.empty()), Optional.empty()),
                    new DecodeListener() {
                        @Override
                        public void evaluated(int tokens, int total) {
                            progress.add(tokens);
                            if (tokens == 64) {
                                cancellation.cancel();
                            }
                        }

                        @Override
                        public void text(String piece, int tokens) {
                            throw new AssertionError("an answer");
                        }
                    });
            assertThat(progress).containsExactly(32, 64);
            assertThat(outcome.reason()).isEqualTo(io.github.llamaffm.FinishReason.CANCELLED);
            assertThat(decoding.counters().evaluatedTokens()).isEqualTo(64);

            Answer answer = answer(chatModel, talk("word ".repeat(200)), greedy(4));
            assertThat(answer.usage().cachedTokens()).isEqualTo(64);
            assertThat(ids(answer)).isEqualTo(plain(talk("word ".repeat(200)), 4));
        }
    }

    @Test
    void aFailureIsThrownToTheReader() {
        CandidateSampler failing = new CandidateSampler() {
            private int left = 3;

            @Override
            public void apply(Candidates candidates) {
                if (--left < 0) {
                    throw new UnsupportedOperationException("on purpose");
                }
            }
        };
        AskOptions options = AskOptions.sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> failing), new SamplerSpec.Greedy()));
        try (ChatModel chatModel = chatModel(); Reply reply = chatModel.reply(talk("a"), options)) {
            List<ChatEvent> read = new ArrayList<>();
            assertThat(catchThrowable(() -> reply.forEach(read::add)))
                    .isInstanceOf(UnsupportedOperationException.class).hasMessage("on purpose");
            assertThat(read).isNotEmpty().noneMatch(ChatEvent.Finish.class::isInstance);
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(reply::answer);
            assertThat(ids(answer(chatModel, talk("a"), greedy(4)))).isEqualTo(plain(talk("a"), 4));
        }
    }

    @Test
    void aTemplateThatRefusesIsHeardOf() {
        ChatModelOptions refusing = options().template("""
                {%- for m in messages -%}
                {%- if m.content == 'no' %}{{ raise_exception('not this') }}{% endif -%}
                <|im_start|>{{ m.role }}: {{ m.content }}<|im_end|>
                {%- endfor -%}{%- if add_generation_prompt -%}<|im_start|>assistant: {% endif -%}
                """).build();
        try (ChatModel chatModel = ChatModel.of(model, refusing)) {
            assertThatExceptionOfType(TemplateException.class)
                    .isThrownBy(() -> answer(chatModel, talk("no"), greedy(1)))
                    .withMessageContaining("not this");
            assertThat(answer(chatModel, talk("a"), greedy(1)).reason()).isEqualTo(StopReason.LENGTH);
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(List.of(), greedy(1)));
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(talk("a"), AskOptions.defaults().toolChoice(ToolChoice.required())));
        }
    }

    @Test
    void aPoisonedContextIsReplaced() {
        try (ChatModel chatModel = chatModel(); PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            SingleContext decoding = (SingleContext) ((LocalChatModel) chatModel).decoding();
            Answer before = answer(chatModel, talk("a"), greedy(4));
            Poison.poison(decoding.context());
            assertThat(ids(answer(chatModel, talk("a"), greedy(4)))).isEqualTo(ids(before));

            DecodeRequest request = new DecodeRequest(template.render(talk("a"), AskOptions.defaults()),
                    GenerateOptions.builder().sampler(SamplerOptions.greedy()).maxTokens(9).build(), Deadline.in(Optional.empty()), Optional.empty());
            assertThatExceptionOfType(PoisonedContextException.class).isThrownBy(() -> decoding.run(request, new DecodeListener() {
                @Override
                public void evaluated(int tokens, int total) {}

                @Override
                public void text(String piece, int tokens) {
                    Poison.poison(decoding.context());
                }
            }));
            assertThat(ids(answer(chatModel, talk("a"), greedy(4)))).isEqualTo(ids(before));
            assertThat(answer(chatModel, talk("a"), greedy(4)).usage().cachedTokens()).isPositive();
        }
    }

    @Test
    void closeCancelsWhatRunsAndWhatWaits() throws Exception {
        ChatModel chatModel = chatModel();
        Reply running = chatModel.reply(talk("a"), greedy(ENDLESS));
        Iterator<ChatEvent> events = running.iterator();
        assertThat(events.hasNext()).isTrue();
        Reply waiting = chatModel.reply(talk("b"), greedy(4));
        chatModel.close();
        chatModel.close();
        assertThat(chatModel.isClosed()).isTrue();
        assertThat(running.answer().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(waiting.answer().reason()).isEqualTo(StopReason.CANCELLED);
        assertThatIllegalStateException().isThrownBy(() -> chatModel.ask("c"));
    }

    @Test
    void theShutdownOfAModelEndsItsAnswers() {
        Model other = Model.load(folder.resolve("tiny.gguf"));
        ChatModel chatModel = ChatModel.of(other, options().build());
        Reply running = chatModel.reply(talk("a"), greedy(ENDLESS));
        assertThat(running.iterator().hasNext()).isTrue();
        other.shutdown(Duration.ofSeconds(60));
        assertThat(other.isClosed()).isTrue();
        Throwable failure = catchThrowable(() -> assertThat(running.answer().reason()).isEqualTo(StopReason.CANCELLED));
        assertThat(failure).satisfiesAnyOf(e -> assertThat(e).isNull(), e -> assertThat(e).isInstanceOf(IllegalStateException.class));
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> chatModel.ask("b"));
        chatModel.close();
    }

    @Test
    void aSeedRepeatsAnAnswer() {
        AskOptions.Values wild = greedy(12).sampler(SamplerOptions.builder().temperature(2).topK(0).topP(1).minP(0).build());
        try (ChatModel chatModel = chatModel()) {
            int[] first = ids(answer(chatModel, talk("a"), wild.seed(7)));
            assertThat(ids(answer(chatModel, talk("a"), wild.seed(7)))).isEqualTo(first);
            assertThat(ids(answer(chatModel, talk("a"), wild.seed(8)))).isNotEqualTo(first);
        }
    }
}

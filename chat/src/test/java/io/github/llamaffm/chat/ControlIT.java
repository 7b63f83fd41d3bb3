package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static io.github.llamaffm.chat.Asked.talk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Batch;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.Poison;
import io.github.llamaffm.PoisonedContextException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ends an answer, and what changes it: stop texts, deadlines, who goes away, adapters; and what it says of its tokens. */
@Timeout(120)
class ControlIT {

    private static final int LONG = 16_384;

    @TempDir
    private static Path folder;

    private static TinyModel tiny;
    private static Model model;

    @BeforeAll
    static void load() {
        tiny = TinyModel.llama().contextSize(LONG);
        model = Model.load(tiny.writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static ChatModel chatModel(ContextOptions context) {
        return ChatModel.of(model, ChatModelOptions.builder().context(context).build());
    }

    private static ChatModel chatModel() {
        return chatModel(Asked.exact(LONG));
    }

    private static RenderedPrompt prompt(List<Message> messages) {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            return template.render(messages, AskOptions.defaults());
        }
    }

    /** Does something each time a token is about to be chosen. */
    private static SamplerOptions chain(CandidateSampler first) {
        return SamplerOptions.of(new SamplerSpec.Custom(() -> first), new SamplerSpec.Greedy());
    }

    @Test
    void aStopTextEndsAnAnswerWhereverItsPiecesDo() {
        try (ChatModel chatModel = chatModel()) {
            Answer whole = chatModel.ask("a", greedy(40));
            String text = whole.text();
            for (int from = 3; from < text.length() - 6; from += 3) {
                String stop = text.substring(from, from + 5);
                Answer cut = chatModel.ask("a", greedy(40).stop("never said", stop));
                assertThat(cut.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
                assertThat(cut.reason()).isEqualTo(StopReason.STOP);
                assertThat(ids(cut)).isEqualTo(Arrays.copyOf(ids(whole), ids(cut).length));
            }
        }
    }

    @Test
    void aDeadlineEndsAnAnswerInItsMiddle() {
        AtomicInteger sampled = new AtomicInteger();
        AskOptions options = greedy(LONG).deadline(Duration.ofMillis(200)).sampler(chain(_ -> {
            if (sampled.incrementAndGet() == 3) {
                spinUntil(Deadline.in(Optional.of(Duration.ofMillis(200))));
            }
        }));
        try (ChatModel chatModel = chatModel()) {
            chatModel.ask("a", greedy(3));
            Answer answer = chatModel.ask("a", options);
            assertThat(answer.reason()).isEqualTo(StopReason.DEADLINE);
            assertThat(answer.usage().answerTokens()).isEqualTo(sampled.get()).isLessThanOrEqualTo(3);
            assertThat(ids(answer)).isEqualTo(Arrays.copyOf(ids(chatModel.ask("a", greedy(3))), ids(answer).length));
        }
    }

    private static void spinUntil(Deadline over) {
        while (!over.isOver()) {
            Thread.onSpinWait();
        }
    }

    /** Within one batch. */
    @Test
    void aDeadlineEndsAPrompt() {
        RenderedPrompt prompt = prompt(talk("word ".repeat(200)));
        try (ChatModel chatModel = chatModel(Asked.exact(4096).toBuilder().batchSize(32).ubatchSize(32).build())) {
            Decoding decoding = ((LocalChatModel) chatModel).decoding();
            Deadline deadline = Deadline.in(Optional.of(Duration.ofSeconds(2)));
            DecodeOutcome outcome = decoding.run(new DecodeRequest(prompt, GenerateOptions.defaults(), deadline, Optional.empty()), new DecodeListener() {
                @Override
                public void evaluated(int tokens, int total) {
                    if (tokens == 64) {
                        spinUntil(deadline);
                    }
                }

                @Override
                public void text(String piece, int tokens) {
                    throw new AssertionError("an answer");
                }
            });
            assertThat(outcome.reason()).isEqualTo(io.github.llamaffm.FinishReason.DEADLINE);
            assertThat(decoding.counters().evaluatedTokens()).isLessThanOrEqualTo(64);
        }
    }

    @Test
    void aReplyIsCancelledWhileItsPromptIsEvaluated() {
        try (ChatModel chatModel = chatModel(Asked.exact(LONG).toBuilder().batchSize(32).ubatchSize(32).build());
                Reply reply = chatModel.reply(talk("word ".repeat(2_500)), AskOptions.defaults())) {
            Iterator<ChatEvent> events = reply.iterator();
            ChatEvent.Progress first = (ChatEvent.Progress) events.next();
            reply.cancel();
            ChatEvent last = first;
            while (events.hasNext()) {
                last = events.next();
            }
            Answer answer = ((ChatEvent.Finish) last).answer();
            assertThat(answer.reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(answer.usage().answerTokens()).isZero();
            assertThat(answer.usage().promptTokens()).isEqualTo(first.total());
            assertThat(chatModel.cacheCounters().evaluatedTokens()).isLessThan(first.total());
        }
    }

    /** Its turn ends with the token that is being chosen, and the next one has its own. */
    @Test
    void aReplyThatIsClosedMakesNoTokenMore() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger sampled = new AtomicInteger();
        AskOptions options = greedy(LONG).sampler(chain(_ -> {
            if (sampled.incrementAndGet() == 5) {
                reached.countDown();
                awaitUninterruptibly(open);
            }
        }));
        try (ChatModel chatModel = chatModel()) {
            int[] expected = ids(chatModel.ask("b", greedy(4)));
            long evaluated = chatModel.cacheCounters().evaluatedTokens();
            Reply left = chatModel.reply(talk("a"), options);
            reached.await();
            Reply next = chatModel.reply(talk("b"), greedy(4));
            left.close();
            open.countDown();
            assertThat(ids(next.answer())).isEqualTo(expected);
            assertThat(sampled).hasValue(5);
            // Of the one that was left its prompt, of the other what was not cached: one token.
            assertThat(chatModel.cacheCounters().evaluatedTokens() - evaluated).isLessThanOrEqualTo(prompt(talk("a")).tokens().length + 1);
            assertThat(((SingleContext) ((LocalChatModel) chatModel).decoding()).present()).isZero();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Every other one goes away: the others have their answers, and nobody is left. */
    @Test
    void whoGoesAwayLeavesThePlaceToOthers() throws Exception {
        int calls = 200;
        List<int[]> expected = new ArrayList<>();
        try (ChatModel chatModel = chatModel()) {
            for (int i = 0; i < calls; i += 2) {
                expected.add(ids(answer(chatModel, talk("Question " + i), greedy(4))));
            }
            List<Future<int[]>> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < calls; i++) {
                    int number = i;
                    answers.add(threads.submit(() -> {
                        boolean leaves = number % 2 == 1;
                        try (Reply reply = chatModel.reply(talk("Question " + number), greedy(leaves ? LONG : 4))) {
                            if (leaves && number % 4 == 1) {
                                reply.iterator().hasNext();
                            }
                            return leaves ? new int[0] : ids(reply.answer());
                        }
                    }));
                }
            }
            for (int i = 0; i < calls; i += 2) {
                assertThat(answers.get(i).get()).isEqualTo(expected.get(i / 2));
                assertThat(answers.get(i + 1).get()).isEmpty();
            }
            SingleContext decoding = (SingleContext) ((LocalChatModel) chatModel).decoding();
            while (decoding.present() > 0) {
                Thread.onSpinWait();
            }
            assertThat(ids(answer(chatModel, talk("Question 0"), greedy(4)))).isEqualTo(expected.getFirst());
        }
    }

    @Test
    void anAdapterIsOfOneRequest() {
        Path file = TinyLora.of(tiny).rank(4).alpha(64).seed(3).writeTo(folder.resolve("lora.gguf"));
        try (ChatModel chatModel = chatModel(); LoraAdapter lora = model.loadAdapter(file)) {
            Adapters adapters = Adapters.of(lora, 4);
            int[] plain = ids(chatModel.ask("a", greedy(12)));
            int[] adapted = ids(chatModel.ask("a", greedy(12).adapters(adapters)));
            GenerateOptions options = GenerateOptions.builder().maxTokens(12).sampler(SamplerOptions.greedy()).adapters(adapters).build();
            try (Context context = model.newContext(Asked.exact(2048)); Generation generation = context.generate(prompt(talk("a")).tokens(), options)) {
                assertThat(adapted).isEqualTo(generation.result().tokens()).isNotEqualTo(plain);
            }
            assertThat(ids(chatModel.ask("a", greedy(12)))).isEqualTo(plain);
        }
    }

    @Test
    void probabilitiesAreThoseOfTheLogits() {
        int[] prompt = prompt(talk("a")).tokens();
        ContextOptions options = Asked.exact(2048).toBuilder().maxOutputs(6).build();
        try (ChatModel chatModel = chatModel(); Context context = model.newContext(options); Batch batch = context.newBatch()) {
            Answer answer = chatModel.ask("a", greedy(6).logProbabilities(20));
            // The row before each token of the answer has its logits.
            int[] tokens = Arrays.copyOf(Asked.concat(prompt, ids(answer)), prompt.length + 5);
            Sequence sequence = context.newSequence();
            for (int i = 0; i < tokens.length; i++) {
                batch.add(sequence, tokens[i], i >= prompt.length - 1);
            }
            context.decode(batch);
            for (int i = 0; i < 6; i++) {
                float[] logits = context.logits(prompt.length - 1 + i).toArray();
                double norm = Math.log(IntStream.range(0, logits.length).mapToDouble(token -> Math.exp(logits[token])).sum());
                TokenProbability token = answer.probabilities().get(i);
                assertThat((double) token.logProbability()).isCloseTo(logits[token.token()] - norm, within(1e-4));
                assertThat(token.alternatives()).hasSize(20).allSatisfy(other ->
                        assertThat((double) other.logProbability()).isCloseTo(logits[other.token()] - norm, within(1e-4)));
                assertThat(token.alternatives().getFirst().token()).isEqualTo(token.token());
                assertThat(token.alternatives().stream().mapToDouble(other -> Math.exp(other.logProbability())).sum()).isBetween(0.0, 1.0 + 1e-6);
            }
        }
    }

    @Test
    void whatNoTemplateReadsIsNoEnd() {
        ChatModelOptions framed = ChatModelOptions.builder().context(Asked.exact(4096)).template(UpstreamChat.source("CohereForAI-c4ai-command-r7b-12-2024-tool_use")).build();
        AskOptions said = AskOptions.sampler(Thinker.sampler(model.tokenizer(), "", List.of(), "Without a frame."));
        try (ChatModel chatModel = ChatModel.of(model, framed); Reply reply = chatModel.reply(talk("a"), said)) {
            isNoEnd(reply, TemplateException.class);
            assertThatExceptionOfType(TemplateException.class).isThrownBy(reply::answer)
                    .satisfies(e -> assertThat(e.text()).isNotEmpty());
        }
    }

    /** llama.cpp aborts in the middle of the answer. */
    @Test
    void anAbortIsNoEnd() {
        ChatModelOptions options = ChatModelOptions.builder().context(Asked.exact(4096)).build();
        SingleContext decoding = new SingleContext(model, options);
        try (ChatModel chatModel = new LocalChatModel(model, options, PromptTemplate.open(model, Optional.empty()), new Poisoned(decoding))) {
            try (Reply reply = chatModel.reply(talk("a"), greedy(20))) {
                isNoEnd(reply, PoisonedContextException.class);
            }
        }
    }

    /** Answers until an abort in another decode of its context. */
    private record Poisoned(SingleContext context) implements Decoding {
        @Override
        public DecodeOutcome run(DecodeRequest request, DecodeListener listener) {
            return context.run(request, new DecodeListener() {
                @Override
                public void evaluated(int tokens, int total) {
                    listener.evaluated(tokens, total);
                }

                @Override
                public void text(String piece, int tokens) {
                    listener.text(piece, tokens);
                    Poison.poison(context.context());
                }
            });
        }

        @Override
        public int capacity() {
            return context.capacity();
        }

        @Override
        public CacheCounters counters() {
            return context.counters();
        }

        @Override
        public void release(ConversationKey key) {
            context.release(key);
        }

        @Override
        public void save(ConversationKey key, String name, StateSink sink) throws IOException {
            context.save(key, name, sink);
        }

        @Override
        public boolean restore(ConversationKey key, String name, StateSource source) throws IOException {
            return context.restore(key, name, source);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static void isNoEnd(Reply reply, Class<? extends Throwable> failure) {
        List<ChatEvent> read = new ArrayList<>();
        assertThat(catchThrowable(() -> reply.forEach(read::add))).isInstanceOf(failure);
        assertThat(read).isNotEmpty().noneMatch(ChatEvent.Finish.class::isInstance);
        assertThat(catchThrowable(reply::answer)).isInstanceOf(failure);
    }
}

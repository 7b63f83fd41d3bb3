package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.testkit.ScriptedModel;
import io.github.llamaffm.testkit.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that follow a script say what it says, through template, sampler and parser. */
class ScriptedModelsIT {

    private static final String CITY = """
            {"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";
    private static final Tool WEATHER = Tool.declared("weather", "The weather in a city.", CITY);
    private static final Tool TIME = Tool.declared("time", "The time in a city.", CITY);
    private static final AskOptions.Values WILD =
            AskOptions.sampler(SamplerOptions.builder().temperature(2).topK(0).topP(1).minP(0).build());

    @TempDir
    private static Path folder;

    private static void with(ScriptedModel script, ChatModelOptions options, Consumer<ChatModel> test) {
        try (Model model = Model.load(script.writeTo(folder.resolve("scripted.gguf"))); ChatModel chatModel = ChatModel.of(model, options)) {
            test.accept(chatModel);
        }
    }

    private static void with(ScriptedModel script, Consumer<ChatModel> test) {
        with(script, chatOptions(context().build()), test);
    }

    /** What is so small is done before a second thread has heard of it. */
    private static ContextOptions.Builder context() {
        return ContextOptions.builder().threads(1);
    }

    private static ChatModelOptions chatOptions(ContextOptions context) {
        return ChatModelOptions.builder().context(context).build();
    }

    private static Answer answer(ChatModel chatModel, List<Message> messages, AskOptions options) {
        try (Reply reply = chatModel.reply(messages, options)) {
            return reply.answer();
        }
    }

    @Test
    void oneAnswerAfterTheOther() {
        ScriptedModel script = TestModels.scripted().answer("Hello.").answer("I see.").answer("I see it.").answer("Hello.").answer("I").answer("7");
        List<String> said = List.of("Hello.", "I see.", "I see it.", "Hello.", "I", "7",
                "(The script of this test model has ended: it has 6 answers.)", "(The script of this test model has ended: it has 6 answers.)");
        with(script, chatModel -> {
            for (AskOptions options : List.of(AskOptions.sampler(SamplerOptions.greedy()), WILD, AskOptions.defaults())) {
                List<Message> messages = new ArrayList<>(List.of(Message.system("Be brief.")));
                for (String text : said) {
                    messages.add(Message.user("And then? <|im_start|>assistant"));
                    Answer answer = answer(chatModel, messages, options);
                    assertThat(answer.text()).isEqualTo(text);
                    assertThat(answer.reason()).isEqualTo(StopReason.END);
                    messages.add(answer.message());
                }
            }
            assertThat(chatModel.cacheCounters().reusedTokens()).isGreaterThan(chatModel.cacheCounters().evaluatedTokens());
        });
    }

    /** As a history from JSON has them, of which no token is in the cache. */
    @Test
    void aHistoryFromElsewhereCounts() {
        ScriptedModel script = TestModels.scripted();
        for (int i = 0; i < ScriptedModel.MOST_ANSWERS; i++) {
            script = script.answer("Answer " + i + " it is");
        }
        ScriptedModel full = script;
        with(full, chatModel -> {
            for (int turns : new int[] {0, 1, 2, 31, 63, 64, 97, 98, 99, 100}) {
                List<Message> messages = new ArrayList<>(List.of(Message.system("Not asked before: " + turns)));
                for (int i = 0; i < turns; i++) {
                    messages.add(Message.user("and"));
                    messages.add(Message.assistant(i % 2 == 0 ? "so" : "I said something else, of some more words."));
                }
                messages.add(Message.user("and"));
                assertThat(answer(chatModel, messages, WILD).text())
                        .isEqualTo(turns < 100 ? "Answer " + turns + " it is" : "(The script of this test model has ended: it has 100 answers.)");
            }
        });
    }

    @Test
    void aToolLoopByHand() {
        ScriptedModel script = TestModels.scripted().toolCall("weather", "{\"city\": \"Quito\"}").answer("It rains in Quito.");
        with(script, chatModel -> {
            for (ToolChoice choice : List.of(ToolChoice.auto(), ToolChoice.required())) {
                AskOptions.Values options = WILD.tools(WEATHER, TIME).toolChoice(choice).toolLoop(ToolLoop.manual());
                List<Message> messages = new ArrayList<>(List.of(Message.user("What is the weather in Quito?")));
                List<ChatEvent> events = new ArrayList<>();
                try (Reply reply = chatModel.reply(messages, options)) {
                    reply.forEach(events::add);
                }
                assertThat(events.stream().filter(ChatEvent.ToolCalled.class::isInstance).map(event -> ((ChatEvent.ToolCalled) event).call()))
                        .singleElement().satisfies(call -> {
                            assertThat(call.name()).isEqualTo("weather");
                            assertThat(call.arguments()).isEqualTo("{\"city\": \"Quito\"}");
                        });
                assertThat(events).noneMatch(ChatEvent.Text.class::isInstance);
                Answer asked = ((ChatEvent.Finish) events.getLast()).answer();
                assertThat(asked.reason()).isEqualTo(StopReason.TOOL_CALLS);

                messages.add(asked.message());
                messages.add(Message.tool(asked.message().toolCalls().getFirst().id(), "rain"));
                Answer told = answer(chatModel, messages, options.toolChoice(ToolChoice.auto()));
                assertThat(told.text()).isEqualTo("It rains in Quito.");
                assertThat(told.usage().cachedTokens()).isGreaterThanOrEqualTo(asked.usage().promptTokens() + asked.usage().answerTokens() - 1);
            }
        });
    }

    @Test
    void thoughtsTextAndSeveralCalls() {
        ScriptedModel script = TestModels.scripted().turn(turn -> turn.reasoning("Two things, then.").text("Let me look.")
                .toolCall("weather", "{\"city\":\"Quito\"}").toolCall("time", "{\"city\": \"Lima\"}"))
                .turn(turn -> turn.reasoning("Now I know.").text("It rains."));
        with(script, chatModel -> {
            Answer both = answer(chatModel, List.of(Message.user("Weather and time?")), WILD.tools(WEATHER, TIME).toolLoop(ToolLoop.manual()));
            assertThat(both.message().reasoning()).hasValue("Two things, then.");
            assertThat(both.text()).isEqualTo("Let me look.");
            assertThat(both.message().toolCalls()).extracting(ToolCall::name).containsExactly("weather", "time");
            assertThat(both.message().toolCalls()).extracting(ToolCall::arguments).containsExactly("{\"city\":\"Quito\"}", "{\"city\": \"Lima\"}");
            List<Message> more = List.of(Message.user("Weather and time?"), both.message(), Message.user("So?"));
            Answer known = answer(chatModel, more, WILD);
            assertThat(known.message().reasoning()).hasValue("Now I know.");
            assertThat(known.text()).isEqualTo("It rains.");
            assertThat(known.usage().reasoningTokens()).isPositive();
        });
    }

    @Test
    void answersArriveInPieces() {
        with(TestModels.scripted().answer("one two three four"), chatModel -> {
            List<String> pieces = new ArrayList<>();
            try (Reply reply = chatModel.reply(List.of(Message.user("count")), WILD)) {
                for (ChatEvent event : reply) {
                    if (event instanceof ChatEvent.Text(String text)) {
                        pieces.add(text);
                    }
                }
            }
            assertThat(pieces).containsExactly("one", " two", " three", " four");
        });
    }

    @Test
    void aFormatIsFollowedOrFailsAtOnce() {
        AskOptions.Values format = WILD.format(AnswerFormat.schema(CITY));
        with(TestModels.scripted().answer("{\"city\": \"Quito\"}").answer("Quito, of course.").answer("{\"city\": 5}"), chatModel -> {
            List<Message> messages = new ArrayList<>(List.of(Message.user("Where?")));
            assertThat(answer(chatModel, messages, format).text()).isEqualTo("{\"city\": \"Quito\"}");
            for (int i = 0; i < 2; i++) {
                messages.add(Message.assistant("Somewhere."));
                messages.add(Message.user("Where?"));
                assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> answer(chatModel, messages, format))
                        .withMessageContaining("no candidate is left");
            }
            assertThat(answer(chatModel, messages, WILD).text()).isEqualTo("{\"city\": 5}");
        });
    }

    @Test
    void argumentsThatAToolDoesNotTakeFailAtOnce() {
        AskOptions.Values tools = WILD.tools(WEATHER).toolLoop(ToolLoop.manual());
        with(TestModels.scripted().toolCall("weather", "{\"town\":\"Quito\"}").toolCall("wether", "{\"city\":\"Quito\"}"), chatModel -> {
            List<Message> messages = new ArrayList<>(List.of(Message.user("Weather?")));
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> answer(chatModel, messages, tools));
            messages.add(Message.assistant("Hm."));
            messages.add(Message.user("Weather?"));
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> answer(chatModel, messages, tools));
        });
    }

    @Test
    void aForbiddenTokenFailsAtOnce() {
        with(TestModels.scripted().answer("Yes or no."), chatModel -> {
            int token = chatModel.ask("?", WILD.logProbabilities(0)).probabilities().get(1).token();
            SamplerOptions forbidden = SamplerOptions.of(new SamplerSpec.LogitBias(Map.of(token, Float.NEGATIVE_INFINITY)), new SamplerSpec.Greedy());
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> chatModel.ask("?", AskOptions.sampler(forbidden)));
        });
    }

    /** It is counted from a token that is not the script's. */
    @Test
    void aBudgetDoesNotSeeTheThoughtsOfAScript() {
        with(TestModels.scripted().turn(turn -> turn.reasoning("one two three four five six").text("So.")), chatModel -> {
            Answer answer = chatModel.ask("?", WILD.reasoning(Reasoning.budget(3)));
            assertThat(answer.message().reasoning()).hasValue("one two three four five six");
            assertThat(answer.text()).isEqualTo("So.");
        });
    }

    @Test
    void endlessAnswersEndWhereTheyAreCut() {
        ScriptedModel script = TestModels.scripted().endless("on and on ").endless("a").answer("a").answer("on and on ");
        ContextOptions small = context().contextSize(512).build();
        with(script, ChatModelOptions.builder().context(small).cachedConversations(1).build(), chatModel -> {
            assertThat(chatModel.ask("Go", WILD.maxTokens(6)).text()).startsWith("on and on on and on");
            assertThat(chatModel.ask("Go", WILD.stop("and on on"))).satisfies(answer -> assertThat(answer.reason()).isEqualTo(StopReason.STOP));
            Answer full = chatModel.ask("Go", WILD);
            assertThat(full.reason()).isEqualTo(StopReason.LENGTH);
            assertThat(full.text()).startsWith("on and on on and on on").hasSizeGreaterThan(1000);
            try (Reply reply = chatModel.reply(List.of(Message.user("Go")), WILD)) {
                reply.iterator().next();
                reply.cancel();
                assertThat(reply.answer().reason()).isIn(StopReason.CANCELLED, StopReason.LENGTH);
            }
            List<Message> messages = new ArrayList<>(List.of(Message.user("Go"), Message.assistant("x"), Message.user("Go")));
            assertThat(answer(chatModel, messages, WILD.maxTokens(4)).text()).matches("a{8,}");
            messages.addAll(List.of(Message.assistant("x"), Message.user("Go")));
            assertThat(answer(chatModel, messages, WILD).text()).isEqualTo("a");
            messages.addAll(List.of(Message.assistant("x"), Message.user("Go")));
            assertThat(answer(chatModel, messages, WILD).text()).isEqualTo("on and on ");
        });
    }

    @Test
    void conversationsAtTheSameTimeEachHaveTheirOwnTurn() throws Exception {
        ScriptedModel script = TestModels.scripted().answer("First of all.").answer("Then this.").answer("And that is it.");
        List<String> said = List.of("First of all.", "Then this.", "And that is it.");
        try (Model model = Model.load(script.writeTo(folder.resolve("parallel.gguf"))); ChatModel chatModel = ChatModel.of(model, chatOptions(context().build()));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> talks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Message question = Message.user("Question of " + i);
                talks.add(threads.submit(() -> {
                    List<Message> messages = new ArrayList<>();
                    List<String> answers = new ArrayList<>();
                    for (int turn = 0; turn < 3; turn++) {
                        messages.add(question);
                        Answer answer = answer(chatModel, messages, WILD);
                        answers.add(answer.text());
                        messages.add(answer.message());
                    }
                    return answers;
                }));
            }
            for (Future<List<String>> talk : talks) {
                assertThat(talk.get()).isEqualTo(said);
            }
        }
    }

    static List<SamplerOptions> samplers() {
        OptionalInt seed = OptionalInt.of(5);
        List<SamplerOptions> samplers = new ArrayList<>(List.of(SamplerOptions.of(new SamplerSpec.Mirostat(3, 0.1f, 100, seed)),
                SamplerOptions.of(new SamplerSpec.MirostatV2(3, 0.1f, seed))));
        for (SamplerSpec spec : List.of(new SamplerSpec.Typical(0.5f, 1), new SamplerSpec.TopNSigma(1), new SamplerSpec.Xtc(1, 0.1f, 1, seed),
                new SamplerSpec.TemperatureExt(2, 1, 1), new SamplerSpec.TopP(0.5f, 1), new SamplerSpec.MinP(0.5f, 1), new SamplerSpec.TopK(3))) {
            samplers.add(SamplerOptions.of(spec, new SamplerSpec.Dist(seed)));
        }
        return samplers;
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void noSamplerSaysAnythingElse(SamplerOptions sampler) {
        with(TestModels.scripted().answer("One thing and no other."), chatModel -> {
            AskOptions options = AskOptions.sampler(sampler).logProbabilities(2);
            Answer answer = chatModel.ask("What?", options);
            assertThat(answer.text()).isEqualTo("One thing and no other.");
            assertThat(answer.probabilities()).allMatch(token -> token.logProbability() == 0);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-cpp-deepseek-r1", "Qwen-Qwen2.5-7B-Instruct", "mistralai-Mistral-Nemo-Instruct-2407", "meta-llama-Llama-3.1-8B-Instruct"})
    void templatesOfOthers(String name) throws Exception {
        String answerStart = switch (name) {
            case "llama-cpp-deepseek-r1" -> "<\uff5cAssistant\uff5c>";
            case "Qwen-Qwen2.5-7B-Instruct" -> "<|im_start|>assistant";
            case "mistralai-Mistral-Nemo-Instruct-2407" -> "[/INST]";
            default -> "<|start_header_id|>assistant<|end_header_id|>";
        };
        String call = switch (name) {
            case "Qwen-Qwen2.5-7B-Instruct" -> "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Quito\"}}\n</tool_call>";
            case "mistralai-Mistral-Nemo-Instruct-2407" -> "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"city\": \"Quito\"}, \"id\": \"123456789\"}]";
            case "meta-llama-Llama-3.1-8B-Instruct" -> "{\"name\": \"weather\", \"parameters\": {\"city\": \"Quito\"}}";
            default -> "No tools here.";
        };
        String jinja = UpstreamChat.source(UpstreamChat.templates().stream().filter(file -> file.endsWith(name + ".jinja")).findFirst().orElseThrow());
        ScriptedModel script = TestModels.scripted(jinja, answerStart).answer("Hello there.").answer("Second thoughts.").answer(call);
        with(script, chatModel -> {
            List<Message> messages = new ArrayList<>(List.of(Message.user("Hi")));
            for (String text : List.of("Hello there.", "Second thoughts.")) {
                Answer answer = answer(chatModel, messages, WILD);
                assertThat((answer.text() + answer.message().reasoning().orElse("")).strip()).isEqualTo(text);
                messages.add(Message.assistant(text));
                messages.add(Message.user("More"));
            }
            Answer last = answer(chatModel, messages, call.contains("weather") ? WILD.tools(WEATHER).toolLoop(ToolLoop.manual()) : WILD);
            if (call.contains("weather")) {
                assertThat(last.message().toolCalls()).singleElement().satisfies(made -> assertThat(made.arguments()).contains("Quito"));
            } else {
                assertThat((last.text() + last.message().reasoning().orElse("")).strip()).isEqualTo(call);
            }
        });
    }

    @Test
    void contextsOfOtherKindsCountAlike() {
        ScriptedModel script = TestModels.scripted().answer("Zero").answer("One").answer("Two").answer("Three");
        for (KvType type : List.of(KvType.F32, KvType.Q8_0, KvType.Q4_0)) {
            ContextOptions context = context().keyType(type).valueType(type).ubatchSize(32).batchSize(64).build();
            with(script, chatOptions(context), chatModel -> {
                List<Message> messages = new ArrayList<>(List.of(Message.user("a")));
                for (String text : List.of("Zero", "One", "Two", "Three")) {
                    assertThat(answer(chatModel, messages, WILD).text()).as("%s", type).isEqualTo(text);
                    messages.addAll(List.of(Message.assistant("something of a few words, whatever it may be"), Message.user("more?")));
                }
            });
        }
    }

    /** Few words, often the same ones, so that pieces are hard to tell apart. */
    @Test
    void anyTexts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            List<String> said = new ArrayList<>();
            ScriptedModel script = TestModels.scripted();
            for (int i = 0; i < 8; i++) {
                StringBuilder text = new StringBuilder(List.of("a", "the", "no").get(random.nextInt(3)));
                do {
                    text.append(List.of("a", " b", " the", " the end", "\n", "\u00fc", "\ud83d\ude80", "<|im_end|>x", " no").get(random.nextInt(9)));
                } while (random.nextInt(4) > 0);
                text.append("abc".charAt(random.nextInt(3)));
                said.add(text.toString());
                script = script.answer(text.toString());
            }
            with(script, chatModel -> {
                List<Message> messages = new ArrayList<>(List.of(Message.user("?")));
                for (String text : said) {
                    Answer answer = answer(chatModel, messages, WILD);
                    assertThat(answer.text()).as("seed %d, of %s", seed, said).isEqualTo(text);
                    messages.addAll(List.of(answer.message(), Message.user("?")));
                }
            });
        }
    }

    @Test
    void aModelIsSmall() throws Exception {
        Path file = TestModels.scripted().answer("Hello").writeTo(folder.resolve("size.gguf"));
        assertThat(Files.size(file)).isLessThan(1_000_000);
    }
}

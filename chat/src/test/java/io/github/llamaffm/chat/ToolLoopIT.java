package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.Asked.with;
import static io.github.llamaffm.chat.QwenTools.call;
import static io.github.llamaffm.chat.QwenTools.calls;
import static io.github.llamaffm.chat.QwenTools.results;
import static io.github.llamaffm.chat.QwenTools.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rounds: the model asks for tools, they answer, the model goes on. */
@Timeout(120)
class ToolLoopIT {

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

    @Test
    void roundsAreOneAnswer() {
        Tool clock = tool("clock", _ -> "12:00");
        try (ChatModel chatModel = QwenTools.open(model);
                Reply reply = chatModel.reply(talk("?"), saying(List.of(clock), "Wait. " + call("clock"), "And " + call("clock"), "Noon."))) {
            StringBuilder text = new StringBuilder();
            reply.forEach(event -> {
                if (event instanceof ChatEvent.Text(String more)) {
                    text.append(more);
                }
            });
            Answer answer = reply.answer();
            assertThat(text).hasToString("Wait. And Noon.");
            assertThat(answer.text()).isEqualTo("Noon.");
            assertThat(answer.reason()).isEqualTo(StopReason.END);
            assertThat(answer.newMessages()).hasSize(5).endsWith(answer.message());
            assertThat(results(answer)).containsExactly("12:00", "12:00");
            assertThat(answer.openToolCalls()).isEmpty();
        }
    }

    /** The next round evaluates what the tools said, and no more; usage is the sum of all rounds. */
    @Test
    void aRoundGoesOnWhereTheLastOneEnded() {
        Tool clock = tool("clock", _ -> "12:00");
        try (ChatModel chatModel = QwenTools.open(model); PromptTemplate template = PromptTemplate.open(model, chatModel.options().template())) {
            AskOptions.Values options = saying(List.of(clock), call("clock"), "Noon.");
            Answer answer = answer(chatModel, talk("?"), options);
            int first = template.render(talk("?"), options).tokens().length;
            Message[] added = answer.newMessages().subList(0, 2).toArray(Message[]::new);
            int second = template.render(with(talk("?"), added), options).tokens().length;
            int said = model.tokenizer().encode(call("clock"), false, true).length;
            assertThat(answer.usage().promptTokens()).isEqualTo(first + second);
            assertThat(answer.usage().cachedTokens()).isEqualTo(first + said);
            assertThat(chatModel.cacheCounters().reusedTokens()).isEqualTo(first + said);
            assertThat(chatModel.cacheCounters().evaluatedTokens()).isEqualTo(second - said);
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(2);
            assertThat(answer.usage().answerTokens()).isEqualTo(said + 1 + model.tokenizer().encode("Noon.", false, true).length + 1);
        }
    }

    @Test
    void roundsAreCounted() {
        AtomicInteger runs = new AtomicInteger();
        Tool clock = tool("clock", _ -> runs.incrementAndGet());
        try (ChatModel chatModel = QwenTools.open(model)) {
            String[] always = {call("clock"), call("clock"), call("clock")};
            assertThatExceptionOfType(ToolException.class)
                    .isThrownBy(() -> answer(chatModel, talk("?"), saying(List.of(clock), always).toolLoop(ToolLoop.automatic().maxRounds(2))))
                    .withMessageContaining("3 times").withMessageContaining("maxRounds is 2").withMessageContaining("clock");
            assertThat(runs).hasValue(2);
            Answer enough = answer(chatModel, talk("?"), saying(List.of(clock), call("clock"), "Now.").toolLoop(ToolLoop.automatic().maxRounds(1)));
            assertThat(enough.reason()).isEqualTo(StopReason.END);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> ToolLoop.automatic().maxRounds(0));
        assertThatIllegalArgumentException().isThrownBy(() -> ToolLoop.automatic().timeLimit(Duration.ZERO));
    }

    @Test
    void theCallerMayRunTools() {
        Tool clock = tool("clock", _ -> {
            throw new AssertionError("run");
        });
        Tool declared = Tool.declared("clock", "Does clock.", QwenTools.EMPTY);
        try (ChatModel chatModel = QwenTools.open(model)) {
            for (AskOptions.Values options : List.of(
                    saying(List.of(clock), call("clock"), "Noon.").toolLoop(ToolLoop.manual()), saying(List.of(declared), call("clock"), "Noon."))) {
                Answer asks = answer(chatModel, talk("?"), options);
                assertThat(asks.reason()).isEqualTo(StopReason.TOOL_CALLS);
                assertThat(asks.newMessages()).containsExactly(asks.message());
                ToolCall open = asks.openToolCalls().getFirst();
                assertThat(asks.openToolCalls()).isEqualTo(asks.message().toolCalls()).hasSize(1);
                List<Message> further = with(talk("?"), asks.message(), Message.tool(open.id(), "12:00"));
                assertThat(answer(chatModel, further, options).text()).isEqualTo("Noon.");
            }
        }
    }

    /** Those with handlers are run; the others are the caller's. */
    @Test
    void aDeclaredToolEndsTheCall() {
        Tool clock = tool("clock", _ -> "12:00");
        Tool ask = Tool.declared("ask", "Asks the user.", QwenTools.EMPTY);
        try (ChatModel chatModel = QwenTools.open(model)) {
            Answer answer = answer(chatModel, talk("?"), saying(List.of(clock, ask), calls("clock", "ask", "clock")));
            assertThat(answer.reason()).isEqualTo(StopReason.TOOL_CALLS);
            assertThat(results(answer)).containsExactly("12:00", "12:00");
            assertThat(answer.openToolCalls()).extracting(ToolCall::name).containsExactly("ask");
        }
    }

    /** What was cut off is no call to run. */
    @Test
    void anAnswerThatIsCutOffRunsNothing() {
        Tool clock = tool("clock", _ -> {
            throw new AssertionError("run");
        });
        int said = model.tokenizer().encode(call("clock"), false, true).length;
        try (ChatModel chatModel = QwenTools.open(model)) {
            for (int tokens : new int[] {said / 2, said}) {
                Answer answer = answer(chatModel, talk("?"), saying(List.of(clock), call("clock")).maxTokens(tokens));
                assertThat(answer.reason()).isEqualTo(StopReason.LENGTH);
                assertThat(answer.newMessages()).containsExactly(answer.message());
            }
        }
    }

    @Test
    void whatHasToBeCalledIsCalledOnce() {
        Tool clock = tool("clock", _ -> "12:00");
        Tool other = tool("calendar", _ -> "Monday");
        try (ChatModel chatModel = QwenTools.open(model)) {
            Answer required = answer(chatModel, talk("?"), saying(List.of(clock, other), call("clock"), "Noon.").toolChoice(ToolChoice.required()));
            assertThat(required.text()).isEqualTo("Noon.");
            Answer named = answer(chatModel, talk("?"), saying(List.of(clock, other), call("clock"), call("calendar"), "Noon.").toolChoice(ToolChoice.tool("clock")));
            assertThat(results(named)).containsExactly("12:00", "Monday");

            assertThatExceptionOfType(AssertionError.class).as("a grammar that lets it go")
                    .isThrownBy(() -> answer(chatModel, talk("?"), saying(List.of(clock), "").toolChoice(ToolChoice.required())));
            assertThatExceptionOfType(AssertionError.class).as("a grammar that lets it ask for another")
                    .isThrownBy(() -> answer(chatModel, talk("?"), saying(List.of(clock, other), call("calendar")).toolChoice(ToolChoice.tool("clock"))));
            Answer none = answer(chatModel, talk("?"), saying(List.of(clock), call("clock")).toolChoice(ToolChoice.none()));
            assertThat(none.reason()).isEqualTo(StopReason.END);
            assertThat(none.text()).isEqualTo(call("clock"));
        }
    }

    @Test
    void wrongChoicesAreRefusedAtOnce() {
        Tool clock = tool("clock", _ -> "12:00");
        try (ChatModel chatModel = QwenTools.open(model)) {
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(talk("?"), AskOptions.defaults().values().toolChoice(ToolChoice.required())))
                    .withMessageContaining("no tools");
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(talk("?"), AskOptions.tools(clock).toolChoice(ToolChoice.tool("watch"))))
                    .withMessageContaining("watch").withMessageContaining("[clock]");
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(talk("?"),
                    AskOptions.tools(clock).format(AnswerFormat.grammar(Grammar.of("root ::= \"a\"")))));
            assertThatIllegalArgumentException().isThrownBy(() -> chatModel.reply(talk("?"),
                    AskOptions.tools(clock).format(AnswerFormat.json()).toolChoice(ToolChoice.required()))).withMessageContaining("asks for a call");
            assertThat(chatModel.cacheCounters().requests()).isZero();
        }
    }

    @Test
    void oneCallAtATime() {
        List<String> runs = new ArrayList<>();
        Tool clock = tool("clock", _ -> {
            runs.add("clock");
            return "12:00";
        });
        try (ChatModel chatModel = QwenTools.open(model)) {
            for (ToolChoice choice : List.of(ToolChoice.required(), ToolChoice.auto())) {
                Answer answer = answer(chatModel, talk("?"), saying(List.of(clock), calls("clock", "clock"), "Noon.").toolChoice(choice).parallelToolCalls(false));
                assertThat(results(answer)).hasSize(1);
            }
            answer(chatModel, talk("?"), saying(List.of(clock), calls("clock", "clock"), "Noon.").parallelToolCalls(true));
            assertThat(runs).hasSize(4);
        }
    }

    /** A template that cannot say two calls is not asked to: its history could not be rendered. */
    @Test
    void aTemplateOfSingleCallsHasThem() {
        Tool clock = tool("clock", _ -> "12:00");
        try (ChatModel chatModel = ChatModel.of(model, QwenTools.options("meta-llama-Llama-3.1-8B-Instruct"))) {
            String single = "{\"name\": \"clock\", \"parameters\": {}}";
            Answer answer = answer(chatModel, talk("?"), saying(List.of(clock), single + "," + single, "Noon.")
                    .toolChoice(ToolChoice.required()).parallelToolCalls(true));
            assertThat(results(answer)).hasSize(1);
            assertThat(answer.text()).isEqualTo("Noon.");
        }
    }

    /** Models that no grammar holds may ask for anything. */
    @Test
    void aToolThatIsNotThereIsTold() throws Exception {
        Handlers handlers = new Handlers(model, List.of(tool("clock", _ -> "12:00"), tool("calendar", _ -> "Monday")));
        assertThat(handlers.of(new ToolCall("1", "watch", "{}")).orElseThrow().call("{}"))
                .isEqualTo("error: there is no tool 'watch', only [clock, calendar]");
        assertThat(handlers.of(new ToolCall("1", "clock", "{}")).map(handler -> "found")).isEqualTo(Optional.of("found"));
    }
}

package io.github.llamaffm.chat.fuzz;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.chat.AnswerFormat;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.AssistantMessage;
import io.github.llamaffm.chat.Content;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.OnToolError;
import io.github.llamaffm.chat.Reasoning;
import io.github.llamaffm.chat.Tool;
import io.github.llamaffm.chat.ToolCall;
import io.github.llamaffm.chat.ToolChoice;
import io.github.llamaffm.chat.ToolLoop;
import io.github.llamaffm.chat.ToolMessage;
import io.github.llamaffm.chat.WhenContextFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** What is asked with, at random: mostly what can be, and some of what cannot. */
final class RandomAsk {

    private static final List<String> WORDS = List.of("Hello", "where is Quito?", "<|im_end|>", "</think>", "<tool_call>", "\n\n", "漢字", "\uD83D\uDE00",
            "{\"a\": 1}", "((((", "\0", "\uFDD0", "[INST]", " ", "");

    private static final List<String> SCHEMAS = List.of("{\"enum\":[\"a\",\"b\"]}", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":20}",
            "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"boolean\"}},\"required\":[\"n\"],\"additionalProperties\":false}",
            "{\"type\":\"array\",\"items\":{\"const\":1},\"maxItems\":3}", "{\"type\":\"string\",\"maxLength\":5}", "{\"type\":\"frobnicate\"}", "{", "[1]",
            "{\"$ref\":\"#\"}", "{\"type\":\"object\"}");

    private final SplittableRandom random;

    RandomAsk(SplittableRandom random) {
        this.random = random;
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            text.append(any(WORDS)).append(oneIn(3) ? " " : "");
        }
        if (oneIn(60)) {
            text.append('\uD800');
        }
        return (oneIn(40) ? text.toString().repeat(200) : text).toString();
    }

    List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        if (oneIn(2)) {
            messages.add(Message.system(text()));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            messages.add(message());
        }
        if (!oneIn(30)) {
            messages.add(Message.user(text()));
        }
        return messages;
    }

    Message message() {
        return switch (random.nextInt(6)) {
            case 0 -> new AssistantMessage(Content.of(text()), Optional.of(text()), List.of());
            case 1 -> new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("id" + random.nextInt(3), "find", any(SCHEMAS))));
            case 2 -> new ToolMessage(Content.of(text()), "id" + random.nextInt(3), Optional.of("find"));
            case 3 -> Message.assistant(text());
            default -> Message.user(text());
        };
    }

    AskOptions options(Cancellation token) {
        AskOptions.Values options = AskOptions.maxTokens(1 + random.nextInt(24)).seed(random.nextInt());
        options = oneIn(3) ? options.sampler(SamplerOptions.greedy()) : options;
        options = oneIn(6) ? options.deadline(Duration.ofMillis(random.nextInt(30))) : options;
        options = oneIn(6) ? options.cancellation(token) : options;
        options = oneIn(6) ? options.stop(any(List.of("a", "</s>", "never said", "e"))) : options;
        options = oneIn(8) ? options.logProbabilities(random.nextInt(4)) : options;
        options = oneIn(4) ? options.whenFull(WhenContextFull.DROP_OLDEST) : options;
        options = oneIn(8) ? options.reasoning(any(List.of(Reasoning.off(), Reasoning.budget(random.nextInt(5))))) : options;
        options = oneIn(10) ? options.templateArguments(Map.of("a", List.of(1, "b"), "c", Map.of())) : options;
        return oneIn(3) ? withTools(options) : oneIn(3) ? options.format(format()) : options;
    }

    private AnswerFormat format() {
        return switch (random.nextInt(5)) {
            case 0 -> AnswerFormat.json();
            case 1 -> AnswerFormat.grammar(Grammar.of("root ::= [a-c]{1,4} (\"!\" | \"?\")"));
            default -> AnswerFormat.schema(any(SCHEMAS));
        };
    }

    private AskOptions.Values withTools(AskOptions.Values options) {
        List<Tool> tools = new ArrayList<>();
        tools.add(oneIn(2) ? Tool.of("find", text(), any(SCHEMAS), this::found) : Tool.declared("find", text(), any(SCHEMAS)));
        if (oneIn(3)) {
            tools.add(Tool.declared("other", text(), any(SCHEMAS)));
        }
        ToolLoop loop = oneIn(2) ? ToolLoop.manual() : ToolLoop.automatic().maxRounds(1 + random.nextInt(3)).timeLimit(Duration.ofSeconds(5))
                .onError(any(List.of(OnToolError.values())));
        return options.tools(tools).toolLoop(loop).parallelToolCalls(oneIn(2))
                .toolChoice(any(List.of(ToolChoice.auto(), ToolChoice.none(), ToolChoice.required(), ToolChoice.tool("find"), ToolChoice.tool("none"))));
    }

    /** On whatever thread: it draws nothing. */
    private Object found(String arguments) {
        if (arguments.length() % 3 == 0) {
            throw new IllegalCallerException("mine");
        }
        return arguments;
    }
}

package io.github.llamaffm.chat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Talks, with everything that may go wrong, and has one word in all of it. Prints what came of each. */
final class LogProgram {

    /** In lower case. */
    static final String SECRET = "xylophone";

    private static final String SCHEMA = """
            {"type":"object","description":"xylophone","properties":{"xylophone":{"const":"xylophone"}},"required":["xylophone"]}""";

    private LogProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path file = TinyModel.llama().contextSize(4096).writeTo(Path.of(arguments[0]).resolve("tiny.gguf"));
        try (Model model = Model.load(file)) {
            String calls = UpstreamChat.source("Qwen-Qwen2.5-7B-Instruct");
            try (ChatModel chatModel = open(model, ChatModelOptions.builder().template(calls))) {
                talk(chatModel);
                cutOff(chatModel);
            }
            for (String template : List.of("{{ xylophone( }}", "{{ raise_exception(messages[0].content) }}")) {
                print(() -> {
                    try (ChatModel chatModel = open(model, ChatModelOptions.builder().template(template))) {
                        chatModel.ask(SECRET);
                    }
                }, TemplateException.class, "template");
            }
            try (ChatModel chatModel = open(model, ChatModelOptions.builder())) {
                fail(chatModel);
            }
        }
    }

    private static ChatModel open(Model model, ChatModelOptions.Builder options) {
        return ChatModel.of(model, options.context(ContextOptions.builder().contextSize(4096).threads(1).build()).build());
    }

    /** The model itself says it. */
    private static void talk(ChatModel chatModel) {
        int[] tokens = IntStream.concat(IntStream.of(chatModel.model().tokenizer().encode(SECRET, false, false)),
                IntStream.of(chatModel.model().tokenizer().eos().orElseThrow())).toArray();
        Message said = new AssistantMessage(Content.of(SECRET), Optional.of(SECRET), List.of(new ToolCall(SECRET, SECRET, "{\"a\":\"xylophone\"}")));
        List<Message> messages = List.of(Message.system(SECRET), Message.user(SECRET + "<|im_end|>"), said,
                new ToolMessage(Content.of(SECRET), SECRET, Optional.of(SECRET)), Message.user(SECRET));
        Tool tool = Tool.declared(SECRET, SECRET, SCHEMA);
        AskOptions options = Asked.forced(tokens).maxTokens(100).tools(tool).stop("never " + SECRET).templateArguments(Map.of(SECRET, SECRET));
        try (Reply reply = chatModel.reply(messages, options)) {
            if (reply.answer().text().contains(SECRET)) {
                System.out.println("answered");
            }
        }
    }

    /** A format that is forced, and ends too early. */
    private static void cutOff(ChatModel chatModel) {
        chatModel.ask(SECRET, AskOptions.format(AnswerFormat.schema(SCHEMA)).maxTokens(3));
    }

    private static void fail(ChatModel chatModel) {
        print(() -> chatModel.ask(SECRET, AskOptions.format(AnswerFormat.schema("{\"type\":\"xylophone\",\"frobnicate\":\"xylophone\"}"))),
                SchemaException.class, "schema");
        print(() -> Tool.declared("xylophone!", SECRET, SCHEMA), IllegalArgumentException.class, "tool");
        print(() -> chatModel.ask((SECRET + " ").repeat(5_000)), ContextFullException.class, "full");
        try (Reply reply = chatModel.reply(List.of(Message.user(SECRET)), AskOptions.defaults())) {
            reply.cancel();
            if (reply.answer().reason() == StopReason.CANCELLED) {
                System.out.println("cancelled");
            }
        }
        print(() -> chatModel.ask(SECRET + '\uD800'), IllegalArgumentException.class, "half");
    }

    private static void print(Runnable work, Class<? extends Exception> type, String name) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (type.isInstance(e)) {
                System.out.println(name);
            } else {
                throw e;
            }
        }
    }
}

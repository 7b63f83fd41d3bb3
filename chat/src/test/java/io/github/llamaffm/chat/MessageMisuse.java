package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.ChatScene.ask;
import static io.github.llamaffm.chat.ChatScene.said;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Conversations that nobody had, and texts that nobody wrote. */
final class MessageMisuse implements MisuseGroup {

    private static final int BYTES = 1 << 20;
    private static final int DEEP = 100_000;

    @Override
    public String title() {
        return "Messages";
    }

    @Override
    public List<MisuseRow> rows() {
        List<MisuseRow> rows = new ArrayList<>(List.of(
                refused("No message", "-", IllegalArgumentException.class, scene -> ask(scene)),
                refused("Null for the messages", "-", NullPointerException.class, scene -> ask(scene, null, AskOptions.defaults())),
                refused("A message that is null", "-", NullPointerException.class, scene ->
                        ask(scene, Arrays.asList((Message) null), AskOptions.defaults())),
                refused("Options that are null", "-", NullPointerException.class, scene -> {
                    try (ChatModel chatModel = ChatScene.open(scene.llama())) {
                        chatModel.reply(ChatScene.HELLO, null);
                    }
                }),
                refused("A text that is null", "-", NullPointerException.class, scene -> ask(scene, Message.user(null))),
                refused("A prompt that is null", "-", NullPointerException.class, scene -> {
                    try (ChatModel chatModel = ChatScene.open(scene.llama())) {
                        chatModel.ask((String) null);
                    }
                }),
                refused("Content without a part", "-", IllegalArgumentException.class, scene -> ask(scene, new UserMessage(Content.of()))),
                refused("Calls that are null", "-", NullPointerException.class, scene ->
                        ask(scene, new AssistantMessage(Content.of(""), Optional.empty(), null))),
                refused("A call whose name is null", "-", NullPointerException.class, scene ->
                        ask(scene, called(new ToolCall("1", null, "{}")))),
                refused("The answer to a call that is null", "-", NullPointerException.class, scene -> ask(scene, Message.tool(null, "1"))),
                works("Texts of nothing", "works", scene -> said(ask(scene, Message.system(""), Message.user(""), Message.assistant(""), Message.user("")))),
                works("The model first; a tool first; the system last; two systems", "works", scene -> {
                    ask(scene, Message.assistant("I"), Message.assistant("am"));
                    ask(scene, Message.tool("1", "2"));
                    ask(scene, Message.user("a"), Message.system("b"));
                    return said(ask(scene, Message.system("a"), Message.system("b")));
                }),
                refused("A call without an id, a name and arguments", "exception", TemplateException.class, scene ->
                        ask(scene, called(new ToolCall("", "", "")))),
                works("Two calls of one id", "not tried", scene ->
                        said(ask(scene, called(new ToolCall("1", "f", "{}"), new ToolCall("1", "f", "{}")), Message.tool("1", "a")))),
                refused("Half a character in a text", "exception", IllegalArgumentException.class, scene -> ask(scene, Message.user("ab\uD800"))),
                refused("Its other half, in what a tool answered", "exception", IllegalArgumentException.class, scene ->
                        ask(scene, Message.user("a"), Message.tool("1", "\uDC00cd"))),
                refused("Half a character in the arguments of a call", "exception", IllegalArgumentException.class, scene ->
                        ask(scene, called(new ToolCall("1", "f", "{\"a\":\"\uD800\"}")))),
                refused("The same, escaped", "exception", TemplateException.class, scene ->
                        ask(scene, called(new ToolCall("1", "f", "{\"a\":\"\\ud800<|x\"}")))),
                works("U+0000, noncharacters and control characters", "not tried", scene ->
                        said(ask(scene, Message.user("a\0b\uFFFE\uFFFF\uFDD0\u0001\u001b[2J\u202e\u2028")))),
                works("31 of the 32 noncharacters that could be put in", "-", scene -> said(ask(scene, Message.user(noncharacters(31))))),
                refused("All of them", "-", IllegalArgumentException.class, scene -> ask(scene, Message.user(noncharacters(32)))),
                works("A conversation of 10,000 messages", "not tried", scene -> full(scene, IntStream.range(0, 10_000)
                        .<Message>mapToObj(i -> i % 2 == 0 ? Message.user("a") : Message.assistant("b")).toList())),
                works("A message of 100,000 parts", "-", scene -> full(scene, List.of(new UserMessage(
                        new Content(IntStream.range(0, 100_000).<Content.Part>mapToObj(i -> new Content.Part.Text("a")).toList()))))),
                works("A call with 100,000 arguments inside each other", "not tried", scene ->
                        full(scene, List.of(called(new ToolCall("1", "f", "{\"a\":" + "[".repeat(DEEP) + "]".repeat(DEEP) + "}"))))),
                works("1 MiB of `a`, `漢`, spaces and `(` for deepseek, whose expression recurses", "signal at 4,000 letters", _ -> deepseek())));
        for (var place : List.of(
                new Place("a user's text", text -> List.of(Message.user(text))),
                new Place("the system's text", text -> List.of(Message.system(text), Message.user("a"))),
                new Place("thoughts", text -> List.of(Message.user("a"), new AssistantMessage(Content.of(""), Optional.of(text), List.of()))),
                new Place("what a tool answered", text -> List.of(Message.user("a"), Message.tool("1", text))),
                new Place("the id of a call", text -> List.of(called(new ToolCall(text, "f", "{}")), Message.tool(text, "a"))),
                new Place("the name of a called tool", text -> List.of(called(new ToolCall("1", text, "{}")))),
                new Place("the arguments of a call", text -> List.of(called(new ToolCall("1", "f", text)))),
                new Place("a text in the arguments of a call", text -> List.of(called(new ToolCall("1", "f", "{\"a\":\"" + text + "\"}")))))) {
            rows.add(works("1 MiB of `a`, `漢`, spaces and `(` as " + place.name(), "not tried", scene -> {
                // From little stack, and from a virtual thread.
                Set<String> outcomes = new LinkedHashSet<>();
                for (String letter : List.of("a", "漢")) {
                    outcomes.add(OnThread.small(() -> overflow(scene, place.messages().apply(huge(letter)))));
                }
                for (String letter : List.of(" ", "(")) {
                    outcomes.add(OnThread.virtual(() -> overflow(scene, place.messages().apply(huge(letter)))));
                }
                return String.join("; ", outcomes);
            }));
        }
        return rows;
    }

    private record Place(String name, Function<String, List<Message>> messages) {}

    private static AssistantMessage called(ToolCall... calls) {
        return new AssistantMessage(Content.of(""), Optional.empty(), List.of(calls));
    }

    private static String noncharacters(int count) {
        return IntStream.range(0, count).mapToObj(i -> String.valueOf((char) (0xFDD0 + i))).collect(Collectors.joining());
    }

    /** From little stack, and from a virtual thread. */
    private static String full(Scene scene, List<Message> messages) throws Exception {
        String first = OnThread.small(() -> overflow(scene, messages));
        assertThat(OnThread.virtual(() -> overflow(scene, messages))).isEqualTo(first);
        return first;
    }

    private static String huge(String letter) {
        return letter.repeat(letter.equals("漢") ? BYTES / 3 : BYTES);
    }

    private static String overflow(Scene scene, List<Message> messages) {
        try {
            return said(ask(scene, messages, AskOptions.defaults()));
        } catch (ChatException e) {
            String text = e.getMessage();
            return "`%s`: %s".formatted(e.getClass().getSimpleName(), text.length() > 120 ? text.substring(0, 120) + " …" : text);
        }
    }

    private static String deepseek() throws Exception {
        try (Model model = Model.load(TestFiles.sources().resolve("models/ggml-vocab-deepseek-llm.gguf"),
                ModelOptions.builder().vocabularyOnly(true).build())) {
            for (String letter : List.of("a", "漢", " ", "(")) {
                String text = huge(letter);
                OnThread.small(() -> {
                    try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
                        RenderedPrompt prompt = template.render(List.of(Message.user(text)), AskOptions.defaults().values());
                        assertThat(model.tokenizer().decode(prompt.tokens())).contains(text);
                        return "";
                    }
                });
            }
            return "each is in the prompt";
        }
    }
}

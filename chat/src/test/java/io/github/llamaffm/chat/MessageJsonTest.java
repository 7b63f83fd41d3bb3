package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages become JSON and come back. */
class MessageJsonTest {

    private static final List<Message> MESSAGES = List.of(
            Message.system("Be terse."),
            new UserMessage(Content.of(new Content.Part.Text("One"), new Content.Part.Text("\"two\" \uD83C\uDF1E"))),
            new AssistantMessage(Content.of(""), Optional.of("Hm."), List.of(new ToolCall("a1", "weather", "{\"city\": \"Quito\", \"days\": 1.50}"))),
            new ToolMessage(Content.of("14"), "a1", Optional.of("weather")),
            Message.tool("a2", ""),
            Message.assistant("Fine."));

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(MessageReader.read(MessageJson.write(MESSAGES))).isEqualTo(MESSAGES);
        assertThat(MessageReader.read("[]")).isEmpty();
    }

    /** Else whoever writes JSON could write special tokens. */
    @Test
    void trustDoesNotPassThroughJson() {
        String json = MessageJson.write(List.of(new UserMessage(Content.of(new Content.Part.Trusted("<|im_end|>")))));
        assertThat(json).isEqualTo("[{\"role\":\"user\",\"content\":\"<|im_end|>\"}]");
        assertThat(MessageReader.read(json)).containsExactly(Message.user("<|im_end|>"));
    }

    @Test
    void whatOthersWriteIsRead() {
        assertThat(MessageReader.read("""
                [{"role":"developer","content":"Be terse.","name":"x"},
                 {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":{"a":[1,2.50]}}}]},
                 {"role":"assistant","content":[{"type":"text","text":"a"}],"tool_calls":null,"reasoning_content":null}]"""))
                .containsExactly(
                        Message.system("Be terse."),
                        new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", "{\"a\":[1,2.50]}"))),
                        Message.assistant("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}|messages: the JSON is no list",
        "[1]|messages: /0 is no message",
        "[{}]|messages: /0/role is missing",
        "[{\"role\":1}]|messages: /0/role is no text",
        "[{\"role\":\"user\",\"content\":\"\"},{\"role\":\"function\",\"content\":\"\"}]|messages: /1/role 'function' is none of system",
        "[{\"role\":\"user\"}]|messages: /0/content is missing",
        "[{\"role\":\"user\",\"content\":null}]|messages: /0/content is missing",
        "[{\"role\":\"assistant\",\"content\":null}]|messages: /0/content is missing",
        "[{\"role\":\"user\",\"content\":[]}]|messages: /0/content has no part",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]|messages: /0/content/0/type 'image_url' is a kind of content that is not supported",
        "[{\"role\":\"tool\",\"content\":\"x\"}]|messages: /0/tool_call_id is missing",
        "[{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":\"\"}]|messages: /0/tool_call_id '' is empty",
        "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}]|messages: /0/tool_calls/0/function/arguments '{' is no JSON",
        "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"custom\"}]}]|messages: /0/tool_calls/0/type 'custom' is no function",
        "[{\"role\":\"user\",\"role\":\"user\",\"content\":\"x\"}]|the messages are no JSON",
        "[{\"role\":|the messages are no JSON",
    })
    void whatIsWrongHasAPlace(String json, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read(json)).withMessageStartingWith(message);
    }

    @Test
    void syntaxErrorsHaveLineAndColumn() {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read("[\n  {]"))
                .withMessageContaining("line 2, column 4");
    }

    @Test
    void limitsOfTheParserAreNoCrash() {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read("[".repeat(100_000)))
                .withMessageStartingWith("the messages are no JSON: Document nesting depth");
        String arguments = "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"" + "[".repeat(100_000) + "\"}}]}]";
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read(arguments))
                .withMessageStartingWith("messages: /0/tool_calls/0/function/arguments is no JSON");
    }

    @Test
    void argumentsStayAsTheyWereWrittenUnlessTheySpellMarkers() {
        Guard guard = Guard.of(new Markers(List.of("<|im_end|>")), List.of());
        assertThat(arguments(guard::protect, "{\"city\":  \"Quito\\u00e9\", \"n\": 1.50}")).isEqualTo("{\"city\":  \"Quito\\u00e9\", \"\uFDD0n\": 1.50}");
        assertThat(arguments(guard::protect, "{\"<|im_\\u0065nd|>\": [\"\\u003c|im_end|>\"]}")).isEqualTo("{\"<\uFDD0|im_end|>\": [\"<\uFDD0|im_end|>\"]}");
        assertThat(arguments(UnaryOperator.identity(), "{\"a\\\"\\\\\": \"\", \"b\":[]}")).isEqualTo("{\"a\\\"\\\\\": \"\", \"b\":[]}");
        assertThat(arguments(guard::protect, "no JSON <|im_end|>")).isEqualTo("no JSON <\uFDD0|im_end|>");
    }

    /** Templates read any JSON, and more of it than a program may want to. */
    @Test
    void argumentsSpellNoMarkersWhateverTheyAre() {
        Guard guard = Guard.of(new Markers(List.of("<|im_end|>")), List.of());
        String escaped = "\"\\u003c|im_end|>\"";
        String guarded = "\"<\uFDD0|im_end|>\"";
        for (String around : List.of("%s", "[%s]", " [1, {\"a\": %s}]", "{\"a\":1,\"a\":%s}", "{\"a\":1e99999999999,\"b\":%s}",
                "{\"a\":" + "1".repeat(2000) + ",\"b\":%s}", "[".repeat(2000) + "%s" + "]".repeat(2000),
                "{\"a\":%s", "\uFEFF[%s]", "[%s]\0", "{'a':%s}", "[\"\\x\",%s]", "%s\"", "%s \\", "[%s,\"\\", "%s x")) {
            assertThat(arguments(guard::protect, around.formatted(escaped))).as(around).isEqualTo(around.formatted(guarded));
        }
        assertThat(arguments(guard::protect, "\"<|im_end|>")).isEqualTo("\"<\uFDD0|im_end|>");
        assertThat(arguments(guard::protect, "[\"\\x<|im_end|>\"]")).isEqualTo("[\"\\x<\uFDD0|im_end|>\"]");
        assertThat(arguments(guard::protect, "[\"\\ud800<|im_end|>\"]")).isEqualTo("[\"\\ud800<\uFDD0|im_end|>\"]");
    }

    /** They stay in a history, which can be written and read again. */
    @Test
    void whatAModelWritesComesBack() {
        for (String json : List.of("{\"a\":1,\"a\":2}", "{\"a\":1e99999999999}", "{\"a\":" + "1".repeat(2000) + "}", "[1]", "\"a\"", "1", "null",
                "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}")) {
            List<Message> messages = List.of(new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", json))));
            assertThat(MessageReader.read(MessageJson.write(messages))).isEqualTo(messages);
        }
        for (String json : List.of("", " ", "{", "[1", "\"a", "1 2", "{} x", "nul", "{\"a\":01}", "\"\\x\"")) {
            String messages = MessageJson.write(List.of(new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", json)))));
            assertThatIllegalArgumentException().as(json).isThrownBy(() -> MessageReader.read(messages))
                    .withMessageStartingWith("messages: /0/tool_calls/0/function/arguments").withMessageEndingWith("is no JSON");
        }
    }

    /** In JSON that is not a text too, where numbers are made of it. */
    @Test
    void numbersThatNobodyHoldsHaveAPlace() {
        for (String number : List.of("1e99999999999", "-1E-99999999999", "1".repeat(2000), "1e2147483648")) {
            assertThatIllegalArgumentException().as(number).isThrownBy(() -> MessageReader.read("""
                    [{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":{"a":%s}}}]}]""".formatted(number)))
                    .withMessageStartingWith("the messages are no JSON");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read("[\n {\"weight\": 1e99999999999}]"))
                .withMessageEndingWith(", line 2, column 13");
    }

    private static String arguments(UnaryOperator<String> texts, String json) {
        Message message = new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", json)));
        return new MessageJson(texts).of(List.of(message)).get(0).get("tool_calls").get(0).get("function").get("arguments").stringValue();
    }
}

package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.ChatScene.ask;
import static io.github.llamaffm.chat.ChatScene.said;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import java.util.ArrayList;
import java.util.List;

/** JSON of others: schemas of formats and tools, and conversations. */
final class SchemaMisuse implements MisuseGroup {

    private static final int BYTES = 1 << 20;
    private static final int DEEP = 100_000;
    private static final String OBJECT = "{\"type\":\"object\"}";

    @Override
    public String title() {
        return "Schemas, tools and JSON";
    }

    @Override
    public List<MisuseRow> rows() {
        List<MisuseRow> rows = new ArrayList<>(List.of(
                refused("A tool whose name is null", "-", NullPointerException.class, _ -> tool(null, "{}")),
                refused("A tool without a name", "-", IllegalArgumentException.class, _ -> tool("", "{}")),
                refused("A tool whose name is `a b`", "-", IllegalArgumentException.class, _ -> tool("a b", "{}")),
                refused("A tool whose name is 1 MiB of `a`", "-", IllegalArgumentException.class, _ -> tool("a".repeat(BYTES), "{}")),
                refused("Two tools of one name", "-", IllegalArgumentException.class, _ -> AskOptions.tools(tool("a", OBJECT), tool("a", OBJECT))),
                refused("A handler that is null", "-", NullPointerException.class, _ -> Tool.of("a", "b", OBJECT, null)),
                refused("1 MiB of `a` as messages", "-", IllegalArgumentException.class, _ -> MessageReader.read("a".repeat(BYTES))),
                refused("1 MiB of spaces as messages", "-", IllegalArgumentException.class, _ -> MessageReader.read(" ".repeat(BYTES))),
                refused("Null as messages", "-", NullPointerException.class, _ -> MessageReader.read(null)),
                refused("`null` as messages", "-", IllegalArgumentException.class, _ -> MessageReader.read("null")),
                refused("Messages with %,d lists inside each other".formatted(DEEP), "-", IllegalArgumentException.class, _ ->
                        OnThread.small(() -> MessageReader.read("[".repeat(DEEP) + "]".repeat(DEEP)))),
                refused("The same from a virtual thread, without their ends", "-", IllegalArgumentException.class, _ ->
                        OnThread.virtual(() -> MessageReader.read("[".repeat(DEEP)))),
                refused("Content with %,d objects inside each other".formatted(DEEP), "-", IllegalArgumentException.class, _ ->
                        OnThread.small(() -> MessageReader.read("[{\"role\":\"user\",\"content\":" + "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP) + "}]"))),
                works("Arguments with %,d lists inside each other, in a text".formatted(DEEP), "-", _ ->
                        "%d message, whose arguments stay text".formatted(OnThread.small(() -> MessageReader.read("""
                                [{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"%s"}}]}]"""
                                .formatted("[".repeat(DEEP) + "]".repeat(DEEP)))).size())),
                refused("A number of 1 MiB of digits", "-", IllegalArgumentException.class, _ ->
                        MessageReader.read("[{\"role\":\"user\",\"content\":" + "9".repeat(BYTES) + "}]")),
                refused("A name that is there twice", "-", IllegalArgumentException.class, _ ->
                        MessageReader.read("[{\"role\":\"user\",\"role\":\"system\",\"content\":\"a\"}]")),
                works("Half a character, escaped", "-", scene -> {
                    List<Message> messages = MessageReader.read("[{\"role\":\"user\",\"content\":\"\\ud800\"}]");
                    assertThat(messages).hasSize(1);
                    return "read; asking with it is an `IllegalArgumentException`";
                }),
                works("A text of 1 MiB of `a` among messages", "-", _ ->
                        MessageReader.read("[{\"role\":\"user\",\"content\":\"" + "a".repeat(BYTES) + "\"}]").size() + " message")));
        for (var schema : List.of(
                new Named("null", null),
                new Named("no text", ""),
                new Named("no JSON: `{`", "{"),
                new Named("a list", "[]"),
                new Named("a number", "1"),
                new Named("a text", "\"a\""),
                new Named("an unknown type", "{\"type\":\"frobnicate\"}"),
                new Named("a type that is a number", "{\"type\":1}"),
                new Named("a reference to nothing", "{\"$ref\":\"#/$defs/none\"}"),
                new Named("a reference to itself", "{\"$ref\":\"#\"}"),
                new Named("references in a circle", "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},\"$ref\":\"#/$defs/a\"}"),
                new Named("a reference to the network", "{\"$ref\":\"https://127.0.0.1:1/schema.json\"}"),
                new Named("a reference to a file", "{\"$ref\":\"file:///etc/passwd\"}"),
                new Named("a pattern that is none", "{\"type\":\"string\",\"pattern\":\"^((((a$\"}"),
                new Named("a pattern of 1,000,000,000 letters", "{\"type\":\"string\",\"pattern\":\"^a{1000000000}$\"}"),
                new Named("a text of 1,000,000,000 letters", "{\"type\":\"string\",\"minLength\":1000000000}"),
                new Named("1,000,000,000 items", "{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"minItems\":1000000000}"),
                new Named("less than 0 items", "{\"type\":\"array\",\"items\":{},\"minItems\":-1,\"maxItems\":-2}"),
                new Named("numbers that are too large", "{\"type\":\"integer\",\"minimum\":1e400,\"maximum\":-99999999999999999999999}"),
                new Named("nothing to choose from", "{\"enum\":[]}"),
                new Named("1 MiB of `a` as a property", "{\"type\":\"object\",\"properties\":{\"" + "a".repeat(BYTES) + "\":{}}}"),
                new Named("1 MiB of `漢` as a constant", "{\"const\":\"" + "漢".repeat(BYTES / 3) + "\"}"),
                new Named("1 MiB of `(` as a pattern", "{\"type\":\"string\",\"pattern\":\"^" + "(".repeat(BYTES) + "$\"}"),
                new Named("1 MiB of spaces", " ".repeat(BYTES)),
                new Named("10,000 properties", properties(10_000)),
                new Named("1,000 choices of 1,000 letters", "{\"enum\":[" + ("\"" + "b".repeat(1000) + "\",").repeat(999) + "\"c\"]}"),
                new Named("50 times two choices, each of which is the next", choices(50)),
                new Named("%,d lists inside each other".formatted(DEEP),
                        "{\"type\":\"array\",\"items\":".repeat(DEEP) + "{}" + "}".repeat(DEEP)),
                new Named("%,d `[` ".formatted(DEEP), "[".repeat(DEEP)),
                new Named("%,d `not` inside each other".formatted(DEEP), "{\"not\":".repeat(DEEP) + "{}" + "}".repeat(DEEP)),
                new Named("450 lists inside each other", "{\"type\":\"array\",\"items\":".repeat(450) + "{}" + "}".repeat(450)),
                new Named("Half a character", "{\"const\":\"\uD800\"}"),
                new Named("Half a character, escaped", "{\"const\":\"\\ud800\"}"),
                new Named("U+0000", "{\"const\":\"a\\u0000b\"}"))) {
            rows.add(works("A format whose schema is " + schema.name(), "not tried", scene -> either(() ->
                    said(ask(scene, ChatScene.HELLO, AskOptions.format(AnswerFormat.schema(schema.text())))))));
            rows.add(works("A tool whose schema is " + schema.name(), "not tried", scene -> either(() ->
                    said(ask(scene, ChatScene.HELLO, AskOptions.tools(tool("f", schema.text())).toolChoice(ToolChoice.required()))))));
        }
        return rows;
    }

    private record Named(String name, String text) {}

    private static Tool tool(String name, String schema) {
        return Tool.declared(name, "Does.", schema);
    }

    private static String properties(int count) {
        StringBuilder all = new StringBuilder("{\"type\":\"object\",\"properties\":{\"a\":{}");
        for (int i = 0; i < count; i++) {
            all.append(",\"p").append(i).append("\":{\"type\":\"integer\"}");
        }
        return all.append("}}").toString();
    }

    private static String choices(int count) {
        StringBuilder all = new StringBuilder("{\"$defs\":{\"d0\":{\"const\":1}");
        for (int i = 1; i <= count; i++) {
            all.append(",\"d%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/d%d\"}}]}".formatted(i, i - 1, i - 1));
        }
        return all.append("},\"$ref\":\"#/$defs/d").append(count).append("\"}").toString();
    }

    private interface Asked {
        String ask() throws Exception;
    }

    /** From little stack: an answer, or an exception of this module's or of an argument. */
    private static String either(Asked asked) throws Exception {
        return OnThread.small(() -> {
            try {
                return asked.ask();
            } catch (ChatException | IllegalArgumentException | NullPointerException | io.github.llamaffm.LlamaException e) {
                return "`" + e.getClass().getSimpleName() + "`: " + e.getMessage();
            }
        });
    }
}

package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.QwenTools.call;
import static io.github.llamaffm.chat.QwenTools.results;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Arguments that models make, well or badly. */
@Timeout(240)
class ToolArgumentsIT {

    private static final int SEEDS = Integer.getInteger("chat.seeds", 1);

    /** Of one object each. */
    private static final List<String> PROPERTIES = List.of("""
            "a":{"type":"string"}""", """
            "a":{"type":"string","minLength":1,"maxLength":5}""", """
            "a":{"type":"string","enum":["red","green","deep blue"]}""", """
            "a":{"const":"only \\"this\\""}""", """
            "a":{"type":"integer"}""", """
            "a":{"type":"integer","minimum":-5,"maximum":117}""", """
            "a":{"type":"integer","minimum":1}""", """
            "a":{"type":"number"}""", """
            "a":{"type":"boolean"}""", """
            "a":{"type":"null"}""", """
            "a":{"type":["integer","null"]}""", """
            "a":{"anyOf":[{"type":"boolean"},{"type":"integer","minimum":10,"maximum":99}]}""", """
            "a":{"type":"array","items":{"type":"integer","minimum":0,"maximum":9},"minItems":1,"maxItems":3}""", """
            "a":{"type":"array","items":{"type":"string","enum":["x","y"]},"maxItems":4}""", """
            "a":{"type":"object","properties":{"b":{"type":"boolean"},"c":{"type":"integer"}},"required":["b"],"additionalProperties":false}""", """
            "a":{"type":"object","additionalProperties":{"type":"boolean"}}""", """
            "a":{"type":"string","format":"date"}""", """
            "a":{"type":"string","pattern":"^[A-Z]{2}-[0-9]{3}$"}""", """
            "a":{"$ref":"#/$defs/kind"}""", """
            "a":{"type":"array","items":{"$ref":"#/$defs/point"},"minItems":2,"maxItems":2}""");
    private static final String DEFINITIONS = """
            "$defs":{"kind":{"type":"string","enum":["cat","dog"]},"point":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"required":["x","y"],"additionalProperties":false}}""";

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

    private static String schema(String properties) {
        return "{\"type\":\"object\",\"properties\":{%s,\"last\":{\"type\":\"boolean\"}},\"required\":[\"a\"],\"additionalProperties\":false,%s}".formatted(properties, DEFINITIONS);
    }

    /** Begins an answer, and leaves the rest of it to the chain. */
    private static final class Begun implements CandidateSampler {
        private final int[] tokens;
        private int next;
        private boolean begun;

        Begun(String text) {
            this.tokens = model.tokenizer().encode(text, false, true);
        }

        @Override
        public void apply(Candidates candidates) {
            begun = true;
            for (int i = 0; next < tokens.length && i < candidates.size(); i++) {
                if (candidates.token(i) != tokens[next]) {
                    candidates.logit(i, Float.NEGATIVE_INFINITY);
                }
            }
        }

        @Override
        public void accept(int token) {
            next += begun ? 1 : 0;
        }
    }

    private static AskOptions.Values random(Tool tool, String begin, int seed) {
        SamplerOptions sampler = SamplerOptions.of(new SamplerSpec.Custom(() -> new Begun(begin)), new SamplerSpec.Temperature(2), new SamplerSpec.Dist(OptionalInt.of(seed)));
        return AskOptions.tools(tool).toolChoice(ToolChoice.required()).toolLoop(ToolLoop.manual()).maxTokens(400).sampler(sampler);
    }

    private static List<String> wrong(String schema, String arguments) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema)
                .validate(Json.MAPPER.readTree(arguments)).stream().map(Object::toString).toList();
    }

    /** Whatever a model says, its arguments follow the schema; what was cut off is no call. */
    @Test
    void argumentsFollowTheirSchema() {
        int calls = 0;
        List<String> failures = new ArrayList<>();
        try (ChatModel chatModel = QwenTools.open(model)) {
            for (String properties : PROPERTIES) {
                String schema = schema(properties);
                for (int seed = 1; seed <= SEEDS; seed++) {
                    Answer answer = answer(chatModel, talk("?"), random(Tool.declared("work", "Works.", schema),
                            "<tool_call>\n{\"name\": \"work\", \"arguments\": ", seed).parallelToolCalls(false));
                    for (ToolCall call : answer.openToolCalls()) {
                        calls++;
                        wrong(schema, call.arguments()).forEach(error -> failures.add("%s: %s: %s".formatted(properties, call.arguments(), error)));
                    }
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(calls).as("calls of %d", PROPERTIES.size() * SEEDS).isGreaterThanOrEqualTo(PROPERTIES.size() * SEEDS * 9 / 10);
    }

    /** What the check lets through, a validator of JSON schemas does too, and the other way round. */
    @Test
    void theCheckIsThatOfAValidator() {
        List<String> values = List.of("\"\"", "\"red\"", "\"deep blue\"", "\"Red\"", "\"abcdef\"", "\"only \\\"this\\\"\"", "0", "-5", "-6", "118", "1", "0.5", "-1.5e-3",
                "true", "null", "9", "10", "[]", "[1]", "[10]", "[1,2,3,4]", "[\"x\",\"y\"]", "[\"z\"]", "{}", "{\"b\":true}", "{\"c\":1,\"b\":true}", "{\"c\":1}",
                "{\"b\":true,\"d\":1}", "\"2024-02-28\"", "\"2024-13-01\"", "\"AB-123\"", "\"AB-1234\"", "\"cat\"", "[{\"x\":1,\"y\":2},{\"y\":3,\"x\":4}]", "[{\"x\":1,\"y\":2}]");
        ArgumentsCheck check = new ArgumentsCheck(model);
        int allowed = 0;
        List<String> failures = new ArrayList<>();
        for (String properties : PROPERTIES) {
            String schema = schema(properties);
            Tool tool = Tool.declared("work", "Works.", schema);
            for (String value : values) {
                String arguments = "{\"a\":" + value + "}";
                boolean follows = check.wrong(tool, arguments).isEmpty();
                allowed += follows ? 1 : 0;
                // Validators do not look at formats.
                boolean date = !properties.contains("date") || value.equals("\"2024-02-28\"");
                if (follows != (date && wrong(schema, arguments).isEmpty())) {
                    failures.add(properties + ": " + value + (follows ? " is allowed" : " is refused"));
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(allowed).isBetween(40, 400);
    }

    @Test
    void argumentsAreCheckedAsTheyAre() {
        ArgumentsCheck check = new ArgumentsCheck(model);
        Tool tool = Tool.declared("work", "Works.", schema(PROPERTIES.get(14)));
        assertThat(check.wrong(tool, "{\"a\":{\"b\":true}}")).isEmpty();
        assertThat(check.wrong(tool, "{ \"last\" : true,\n \"a\" : { \"c\" : 5, \"b\" : false } }")).as("in another order").isEmpty();
        assertThat(check.wrong(tool, "{\"a\":{\"c\":5}}")).hasValueSatisfying(text -> assertThat(text).contains("'work'").endsWith("\"c\":5}}".substring(1)));
        assertThat(check.wrong(tool, "{\"a\":{\"b\":true},\"more\":1}")).isPresent();
        assertThat(check.wrong(tool, "{}")).isPresent();
        assertThat(check.wrong(Tool.declared("work", "Works.", schema(PROPERTIES.get(7))), "{\"a\":-6e-6962098509616889}"))
                .hasValueSatisfying(text -> assertThat(text).contains("number"));
        assertThat(check.wrong(tool, "[]")).isPresent();
        assertThat(check.wrong(tool, "{\"a\":{\"b\":true},\"a\":{\"b\":false}}")).hasValueSatisfying(text -> assertThat(text).contains("no JSON"));
        assertThat(check.wrong(Tool.declared("work", "Works.", schema(PROPERTIES.getFirst())), "{\"a\":\"\\u00e9\\n\\\"\uD83C\uDF1E\"}")).isEmpty();
    }

    /** Its optional component is the first one. */
    record Place(Optional<String> city, int days) {}

    /** Grammars have what is required first. */
    @Test
    void propertiesMayComeInAnyOrder() {
        ArgumentsCheck check = new ArgumentsCheck(model);
        Tool place = Tool.of("go", "Goes.", Place.class, _ -> "gone");
        assertThat(check.wrong(place, "{\"days\":1,\"city\":\"x\"}")).isEmpty();
        assertThat(check.wrong(place, "{\"city\":\"x\",\"days\":1}")).isEmpty();
        String inner = "{\"type\":\"object\",\"properties\":{\"o\":{\"type\":\"string\"},\"r\":{\"type\":\"integer\"}},\"required\":[\"r\"]}";
        String other = "{\"type\":\"object\",\"properties\":{\"r\":{\"const\":\"x\"},\"o\":{\"type\":\"string\"}},\"required\":[\"o\",\"r\"]}";
        Tool nested = Tool.declared("nest", "Nests.", "{\"type\":\"object\",\"properties\":{\"any\":{\"anyOf\":[%s,%s,{\"type\":\"null\"}]},\"two\":{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"},%s]}},\"additionalProperties\":%s}"
                .formatted(other, inner, inner, inner));
        String value = "{\"o\":\"x\",\"r\":1}";
        assertThat(check.wrong(nested, "{\"any\":%s}".formatted(value))).isEmpty();
        assertThat(check.wrong(nested, "{\"any\":{\"o\":\"x\",\"r\":\"x\"}}")).isEmpty();
        assertThat(check.wrong(nested, "{\"any\":{\"o\":\"x\",\"r\":\"y\"}}")).isPresent();
        assertThat(check.wrong(nested, "{\"two\":[1,%s]}".formatted(value))).isEmpty();
        assertThat(check.wrong(nested, "{\"more\":%s,\"any\":null}".formatted(value))).isEmpty();
        assertThat(check.wrong(nested, "{\"more\":{\"o\":\"x\"},\"any\":null}")).isPresent();
    }

    @Test
    void arguments31DaysIntoFebruaryAreRefused() {
        ArgumentsCheck check = new ArgumentsCheck(model);
        Tool tool = Tool.declared("work", "Works.", schema(PROPERTIES.get(16)));
        assertThat(check.wrong(tool, "{\"a\":\"2024-02-29\"}")).isEmpty();
        assertThat(check.wrong(tool, "{\"a\":\"2024-02-31\"}")).hasValueSatisfying(text -> assertThat(text).endsWith("1\"}"));
        assertThat(check.wrong(Tool.declared("work", "Works.", schema(PROPERTIES.get(7))), "{\"a\":1e400}")).isPresent();
    }

    /** The model is told, and may do better. */
    @Test
    void whatDoesNotFollowIsTold() {
        List<String> runs = new ArrayList<>();
        Tool tool = Tool.of("work", "Works.", schema(PROPERTIES.get(2)), arguments -> runs.add(arguments));
        String text = "<tool_call>\n<function=work>\n<parameter=a>\n%s\n</parameter>\n</function>\n</tool_call>";
        try (ChatModel chatModel = ChatModel.of(model, QwenTools.options("Qwen3-Coder"))) {
            Answer answer = answer(chatModel, talk("?"), AskOptions.tools(tool).sampler(Said.inTurn(model, text.formatted("yellow"), text.formatted("green"), "Done.")));
            assertThat(results(answer)).containsExactly("error: the arguments do not follow the schema of 'work': what is wrong begins at yellow\"}", "true");
            assertThat(runs).containsExactly("{\"a\":\"green\"}");
            String twice = text.replace("</parameter>", "</parameter>\n<parameter=last>\ntrue\n</parameter>\n<parameter=last>\nfalse\n</parameter>");
            Answer doubled = answer(chatModel, talk("?"), AskOptions.tools(tool).sampler(Said.inTurn(model, twice.formatted("red"), "Done.")));
            assertThat(results(doubled)).singleElement().asString().startsWith("error: the arguments are no JSON").contains("last");
            assertThat(doubled.text()).isEqualTo("Done.");
        }
    }

    /** With a rule of its own. */
    record Trip(String city, int days) {

        Trip {
            if (days > 9) {
                throw new IllegalArgumentException("no trip takes " + days + " days");
            }
        }
    }

    @Test
    void argumentsMayBeARecord() {
        List<Trip> trips = new ArrayList<>();
        Tool tool = Tool.of("book", "Books a trip.", Trip.class, trip -> {
            trips.add(trip);
            return new Trip(trip.city(), trip.days() + 1);
        });
        try (ChatModel chatModel = QwenTools.open(model)) {
            String calls = call("book", "{\"city\": \"Quito\", \"days\": 3}") + "\n" + call("book", "{\"city\": \"Lima\", \"days\": 12}");
            Answer answer = answer(chatModel, talk("?"), AskOptions.tools(tool).sampler(Said.inTurn(model, calls, "Done.")));
            assertThat(trips).containsExactly(new Trip("Quito", 3));
            assertThat(results(answer)).containsExactly("{\"city\":\"Quito\",\"days\":4}", "error: IllegalArgumentException: no trip takes 12 days");
        }
    }

    record Day(LocalDate date) {}

    /** The grammars of answers know the calendar; so does the check, and it is the model's mistake whatever becomes of exceptions. */
    @Test
    void noMonthHasTooManyDays() {
        List<LocalDate> days = new ArrayList<>();
        Tool tool = Tool.of("work", "Works.", Day.class, day -> days.add(day.date()));
        String text = "<tool_call>\n<function=work>\n<parameter=date>\n%s\n</parameter>\n</function>\n</tool_call>";
        try (ChatModel chatModel = ChatModel.of(model, QwenTools.options("Qwen3-Coder"))) {
            for (OnToolError onError : OnToolError.values()) {
                AskOptions.Values options = AskOptions.tools(tool).toolLoop(ToolLoop.automatic().onError(onError));
                Answer answer = answer(chatModel, talk("?"), options.sampler(Said.inTurn(model, text.formatted("2026-02-31"), text.formatted("2024-02-29"), "Done.")));
                assertThat(results(answer)).as(onError.name())
                        .containsExactly("error: the arguments do not follow the schema of 'work': what is wrong begins at 31\"}", "true");
            }
        }
        assertThat(days).containsExactly(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 2, 29));
    }

    /** Where a schema lets through what a type does not. */
    @Test
    void whatIsNoValueOfTheRecordIsTheModelsMistake() throws Exception {
        List<Day> days = new ArrayList<>();
        Tool.Json tool = (Tool.Json) Tool.of("work", "Works.", Day.class, day -> days.add(day));
        assertThat(tool.handler().orElseThrow().call("{\"date\":\"2026-02-31\"}"))
                .isEqualTo("error: the arguments do not follow the schema of 'work': $.date is \"2026-02-31\", which is no LocalDate");
        assertThat(days).isEmpty();
    }
}

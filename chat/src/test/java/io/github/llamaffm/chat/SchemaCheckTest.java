package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCheckTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'type':'number','minimum':1} | /minimum | only integers have bounds",
        "{'type':['integer','number'],'minimum':5} | /minimum | only integers have bounds",
        "{'type':['integer','number','null'],'minimum':5} | /minimum | together with",
        "{'type':'integer','multipleOf':5} | /multipleOf | does not count",
        "{'type':'array','uniqueItems':true} | /uniqueItems | does not compare",
        "{'type':'object','properties':{'a':{'type':'array','contains':{}}}} | /properties/a/contains | does not count",
        "{'type':'object','patternProperties':{}} | /patternProperties | listed in properties",
        "{'type':'object','minProperties':1} | /minProperties | does not count",
        "{'not':{}} | /not | not what they are not",
        "{'if':{},'then':{}} | /if | depend",
        "{'type':'string','nullable':true} | /nullable | OpenAPI",
        "{'type':'string','format':'email'} | /format | is not known, only",
        "{'type':'string','pattern':'[0-9]+'} | /pattern | between ^ and $",
        "{'type':'string','pattern':'^(?=a)a$'} | /pattern | looked ahead",
        "{'type':'string','pattern':'^(a$'} | /pattern | never closed",
        "{'type':'string','pattern':'^a)$'} | /pattern | unbalanced )",
        "{'type':'string','pattern':'^(a*)*$'} | /pattern | what may be empty",
        "{'type':'string','pattern':'^(b?a?){9}$'} | /pattern | what may be empty",
        "{'type':'string','pattern':'^a{2001}$'} | /pattern | more than 2000",
        "{'type':'string','pattern':'^\\\\bx$'} | /pattern | has no grammar",
        "{'type':'string','pattern':'^a','minLength':2} | /minLength | together with pattern",
        "{'type':'string','minLength':5,'maxLength':4} | /maxLength | at most 4, but at least 5",
        "{'type':'string','maxLength':2001} | /maxLength | more than 2000",
        "{'type':'array','maxItems':1000000000} | /maxItems | more than 2000",
        "{'type':'array','minItems':-1} | /minItems | whole number from 0",
        "{'type':'integer','minimum':5,'maximum':4} | /maximum | no integer is from 5 to 4",
        "{'type':'integer','minimum':1e999999999} | /minimum | beyond",
        "{'type':'integer','maximum':1e-999999999} | /maximum | beyond",
        "{'type':'integer','minLength':3} | /minLength | together with integer",
        "{'type':'float'} | /type | no type of JSON",
        "{'minLength':3,'minimum':3} | `` | several types",
        "{'$ref':'#/$defs/a','minLength':3,'$defs':{'a':{}}} | /minLength | together with $ref",
        "{'$ref':'#/$defs/a'} | /$ref | there is no",
        "{'$ref':'https://example.com/a'} | /$ref | within the schema",
        "{'$ref':'#/$defs/a','$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}} | /$defs/a/$ref | refers to itself",
        "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{'$ref':'#/$defs/a'},{'type':'null'}]}}} | /$ref | refers to itself",
        "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} | /properties/a/$ref | never ends",
        "{'enum':[]} | /enum | not empty",
        "{'type':'string','enum':['a',1]} | /enum/1 | is not of type",
        "{'enum':['a'],'minLength':1} | /minLength | together with enum",
        "{'const':12345678901234567} | /const | more than 15 digits",
        "{'anyOf':[{'type':'string'}],'minLength':1} | /minLength | together with anyOf",
        "{'anyOf':[],'type':'string'} | /anyOf | not empty",
        "{'anyOf':[{'type':'string'}],'oneOf':[{}]} | /oneOf | together with anyOf",
        "{'type':'string','anyOf':[{'type':'null'}]} | /type | another type",
        "{'oneOf':[{'type':'integer'},{'type':'number'}]} | /oneOf | alternatives 0 and 1",
        "{'oneOf':[{'type':'object','properties':{'a':{}}},{'type':'object','properties':{'b':{}}}]} | /oneOf | use anyOf",
        "{'allOf':[{'type':'string'},{'minLength':3}]} | /allOf/0/type | only objects",
        "{'allOf':[{'properties':{'a':{'type':'null'}}},{'properties':{'a':{'type':'string'}}}]} | /allOf/1/properties/a | another part",
        "{'allOf':[{'properties':{'a':{}},'additionalProperties':false},{'properties':{'b':{}}}]} | /allOf/0/additionalProperties | allOf",
        "{'allOf':[{'$ref':'#/allOf/0'},{}]} | /allOf/0/$ref | refers to itself",
        "{'type':'object','required':['b'],'properties':{'a':{}}} | /required | none of the properties",
        "{'type':'object','properties':{'*':{}}} | /properties/* | takes this name",
        "{'type':'object','properties':{'a-b':{}},'additionalProperties':true} | /additionalProperties | told apart",
        "{'type':'array','prefixItems':[{}],'items':{}} | /items | behind a tuple",
        "{'type':'array','prefixItems':{}} | /prefixItems | a list",
        "{'type':'array','prefixItems':[{}],'minItems':2} | /minItems | has 1 elements",
        "{'type':'object','properties':{'a/b~c':false}} | /properties/a~1b~0c | no value is allowed",
        "{'typ':'string'} | /typ | no such keyword",
        "[] | `` | a schema is an object",
        "{ | `` | no JSON",
        "{'type':'string','type':'null'} | `` | Duplicate",
    })
    void whatCannotBeForcedIsRefusedWithItsPlace(String schema, String pointer, String reason) {
        SchemaException refused = catchThrowableOfType(SchemaException.class, () -> AnswerFormat.schema(schema.replace('\'', '"')));
        assertThat(refused).as(schema).isNotNull();
        assertThat(refused.pointer()).as(schema).isEqualTo(pointer);
        assertThat(refused).hasMessageContaining(reason);
        assertThat(refused.keyword()).isEqualTo(pointer.substring(pointer.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~"));
    }

    @Test
    void whatUpstreamTakesAsItIsStays() {
        String schema = """
                {"$schema":"x","type":"object","title":"T","properties":{"a":{"type":"integer","description":"d"},"b":{"$ref":"#/$defs/B"}},\
                "required":["a"],"additionalProperties":false,"$defs":{"B":{"type":"string","maxLength":3}}}""";
        assertThat(SchemaCheck.of(schema)).isEqualTo(Json.MAPPER.readTree(schema));
    }

    @Test
    void boundsHaveTwoEnds() {
        assertThat(SchemaCheck.of("{\"type\":\"integer\",\"exclusiveMinimum\":99.5}")).hasToString(
                "{\"type\":\"integer\",\"minimum\":100,\"maximum\":9999999999999999}");
        assertThat(SchemaCheck.of("{\"type\":\"integer\",\"format\":\"int8\",\"maximum\":5}")).hasToString(
                "{\"type\":\"integer\",\"format\":\"int8\",\"maximum\":5,\"minimum\":-128}");
    }

    @Test
    void anEmptySchemaStaysAFormat() {
        assertThat(SchemaCheck.of("{}")).hasToString("{\"anyOf\":[{}]}");
        assertThat(SchemaCheck.of("true")).hasToString("{\"anyOf\":[{}]}");
    }

    @Test
    void definitionsOfSeveralSchemasHaveNamesOfTheirOwn() {
        String schema = "{\"$ref\":\"#/$defs/my_line\",\"$defs\":{\"my_line\":{\"type\":\"null\"}}}";
        assertThat(SchemaCheck.of(schema)).hasToString("{\"$ref\":\"#/$defs/myline\",\"$defs\":{\"myline\":{\"type\":\"null\"}}}");
        assertThat(SchemaCheck.of(schema, "T2")).hasToString("{\"$ref\":\"#/$defs/T2myline\",\"$defs\":{\"T2myline\":{\"type\":\"null\"}}}");
    }

    @Test
    void patternsAreWrittenWithoutShorthands() {
        assertThat(pattern("^a\\\\.\\\\d+$")).isEqualTo("^[a][\\x2E][0-9]+$");
        assertThat(pattern("^(ab|c){2}?$")).isEqualTo("^(?:[a][b]|[c]){2,2}$");
        assertThat(pattern("^\\\"$")).isEqualTo("^(?:\\\\\\x22)$");
        assertThat(pattern("^[\\\"a]$")).isEqualTo("^(?:[a]|\\\\\\x22)$");
    }

    /** On a thread with the least stack that platforms give, in no time worth waiting for. */
    @Test
    void hostileSchemasAreRefused() throws Exception {
        Throwable[] failed = new Throwable[1];
        Thread thread = new Thread(null, () -> {
            try {
                refuse("{\"items\":".repeat(100_000) + "{}" + "}".repeat(100_000));
                refuse("{\"items\":".repeat(20_000) + "{}" + "}".repeat(20_000));
                refuse("{\"items\":".repeat(16) + "{}" + "}".repeat(16));
                refuse("{\"items\":".repeat(450) + "{}" + "}".repeat(450));
                refuse("[".repeat(10_000));
                refuse("{\"const\":" + "[".repeat(490) + "]".repeat(490) + ",\"minimum\":1}");
                refuse(object(1_000_000));
                refuse(object(10_000));
                refuse(object(25));
                refuse("{\"enum\":[" + numbers(100_000) + "]}");
                refuse("{\"enum\":[" + numbers(1_001) + "]}");
                refuse("{\"anyOf\":[" + "{},".repeat(100_000) + "{}]}");
                refuse("{\"allOf\":[" + "{\"$ref\":\"#/$defs/a\"},".repeat(3_000) + "{}],\"$defs\":{\"a\":{\"properties\":{\"x\":{},\"y\":{}}}}}");
                refuse("{\"type\":\"array\",\"maxItems\":" + "9".repeat(900) + "}");
                refuse("{\"type\":\"integer\",\"minimum\":" + "9".repeat(900) + "}");
                refuse("{\"type\":\"object\",\"properties\":{" + IntStream.range(0, 11)
                        .mapToObj(i -> "\"p" + i + "\":{\"type\":\"string\",\"maxLength\":2000}").collect(Collectors.joining(",")) + "}}");
                for (String pattern : new String[] {"(a+)+".repeat(2_000), "(".repeat(4_000), "(".repeat(2_000) + "a" + ")".repeat(2_000), "a?".repeat(1_000),
                        "(a|b?)*", "[".repeat(4_000), "\\\\W".repeat(4_000), "{".repeat(100), "a".repeat(5_000)}) {
                    refuse("{\"type\":\"string\",\"pattern\":\"^" + pattern + "$\"}");
                }
                assertThatThrownBy(() -> AnswerFormat.schema(pairs(20))).isInstanceOf(SchemaException.class).hasMessageContaining("more than 1000000 steps");
                AnswerFormat.schema(references(600));
                StringBuilder doubling = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
                for (int i = 0; i < 99; i++) {
                    doubling.append("\"d%d\":{\"allOf\":[{\"properties\":{\"a%d\":{\"$ref\":\"#/$defs/d%d\"},\"b%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{}]}}},{}]},".formatted(i, i, i + 1, i, i + 1));
                }
                refuse(doubling + "\"d99\":{}}}");
            } catch (Throwable e) {
                failed[0] = e;
            }
        }, "small stack", 256 << 10);
        thread.start();
        thread.join();
        assertThat(failed[0]).isNull();
    }

    private static void refuse(String schema) {
        assertThatThrownBy(() -> AnswerFormat.schema(schema))
                .as(schema.substring(0, Math.min(100, schema.length())))
                .isInstanceOf(SchemaException.class);
    }

    /** Two chains of objects of so many properties each, which say the same: each of them is compared with its own kind. */
    private static String pairs(int properties) {
        StringBuilder schema = new StringBuilder("{\"oneOf\":[{\"$ref\":\"#/$defs/a0\"},{\"$ref\":\"#/$defs/b0\"}],\"$defs\":{");
        for (String chain : new String[] {"a", "b"}) {
            for (int i = 0; i < 6; i++) {
                String next = i == 5 ? "{\"type\":\"object\"}" : "{\"$ref\":\"#/$defs/%s%d\"}".formatted(chain, i + 1);
                String names = IntStream.range(0, properties).mapToObj(p -> "\"p" + p + "\"").collect(Collectors.joining(","));
                schema.append("\"%s%d\":{\"type\":\"object\",\"required\":[%s],\"properties\":{%s}},".formatted(chain, i, names, names.replaceAll("(\"p\\d+\")", "$1:" + next.replace("$", "\\$"))));
            }
        }
        return schema + "\"z\":{}}}";
    }

    /** Each alternative of each is the next one. */
    private static String references(int references) {
        StringBuilder schema = new StringBuilder("{\"type\":[\"string\",\"null\"],\"anyOf\":[{\"$ref\":\"#/$defs/d0\"}],\"$defs\":{");
        for (int i = 0; i < 5; i++) {
            schema.append("\"d%d\":{\"anyOf\":[%s{\"type\":\"null\"}]},".formatted(i, "{\"$ref\":\"#/$defs/d%d\"},".formatted(i + 1).repeat(references)));
        }
        return schema + "\"d5\":{\"type\":\"string\"}}}";
    }

    private static String object(int properties) {
        return "{\"type\":\"object\",\"properties\":{" + IntStream.range(0, properties).mapToObj(i -> "\"p" + i + "\":{}").collect(Collectors.joining(",")) + "}}";
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    private static String pattern(String json) {
        return SchemaCheck.of("{\"type\":\"string\",\"pattern\":\"" + json + "\"}").get("pattern").stringValue();
    }
}

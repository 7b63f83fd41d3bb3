package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.internal.chat.AnswerParser;
import io.github.llamaffm.internal.chat.ChatCallException;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Every template of the pinned tree does here what it does in upstream's own tools: prompts, rules, answers, errors. */
class TemplateConformanceIT {

    private static final long SEED = Long.getLong("chat.seed", 1);

    private static Model model;
    private static UpstreamChat upstream;

    @BeforeAll
    static void start() {
        model = UpstreamChat.vocabulary("phi-3");
        upstream = UpstreamChat.start();
    }

    @AfterAll
    static void end() {
        upstream.close();
        model.close();
    }

    @Test
    void promptsAndRulesAreUpstreams() {
        List<String> different = new ArrayList<>();
        Map<String, ObjectNode> conversations = Conversations.all();
        int equal = 0;
        int errors = 0;
        for (Path file : UpstreamChat.templates()) {
            try (ChatTemplates templates = open(file)) {
                for (Map.Entry<String, ObjectNode> conversation : conversations.entrySet()) {
                    upstream.ask(question(file, conversation.getValue()));
                    JsonNode ours = apply(templates, conversation.getValue());
                    JsonNode theirs = withoutBos(upstream.answer());
                    if (same(ours, theirs)) {
                        equal++;
                        errors += theirs.has("error") ? 1 : 0;
                    } else {
                        different.add("%s, %s:%n%s%n%s".formatted(file.getFileName(), conversation.getKey(), ours, theirs));
                    }
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(equal).isEqualTo(70 * conversations.size());
        // Templates that refuse some of them, but not many.
        assertThat(errors).isBetween(50, equal / 4);
    }

    /** Answers of upstream's own tests, whole, in pieces, and cut anywhere. */
    @Test
    void answersOfUpstreamsTestsAreRead() {
        int messages = 0;
        int known = 0;
        List<String> wrong = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, List<UpstreamAnswer>> answers = UpstreamAnswer.all().stream().collect(Collectors.groupingBy(UpstreamAnswer::template));
        for (Map.Entry<String, List<UpstreamAnswer>> entry : answers.entrySet()) {
            Path file = TestFiles.sources().resolve(entry.getKey());
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
                    ChatTemplates templates = open(file)) {
                for (UpstreamAnswer answer : entry.getValue()) {
                    JsonNode params = apply(templates, answer.request());
                    try (AnswerParser parser = templates.parser(params.toString())) {
                        JsonNode message = read(parser, answer.text(), answer.partial());
                        if (answer.expects(message)) {
                            messages++;
                        } else if (answer.isReadWithoutEndOfText()) {
                            known++;
                        } else {
                            wrong.add("%s%n  is read as %s".formatted(answer, message));
                        }
                        compare(parser, params, answer.text(), answer.partial(), wrong);
                        compare(parser, params, cut(answer.text(), random), true, wrong);
                        compare(parser, params, cut(answer.text(), random), false, wrong);
                    }
                    stream(template, params, answer.text(), answer.partial(), random, wrong);
                }
            }
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(messages).isEqualTo(459);
        assertThat(known).isEqualTo(2);
    }

    /** What a template makes of an answer in the history is an answer that it reads: so every template has some. */
    @Test
    void answersThatTemplatesWriteAreRead() {
        List<String> wrong = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(SEED);
        int answers = 0;
        int calls = 0;
        for (Path file : UpstreamChat.templates()) {
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
                    ChatTemplates templates = open(file)) {
                for (ObjectNode request : WrittenAnswers.requests()) {
                    JsonNode params = apply(templates, request);
                    if (params.has("error")) {
                        continue;
                    }
                    for (String answer : WrittenAnswers.of(templates, request, params)) {
                        answers++;
                        try (AnswerParser parser = templates.parser(params.toString())) {
                            JsonNode message = compare(parser, params, answer, false, wrong);
                            calls += message.path("tool_calls").size();
                            compare(parser, params, cut(answer, random), true, wrong);
                        }
                        stream(template, params, answer, false, random, wrong);
                    }
                }
            }
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(answers).isGreaterThan(70 * 3);
        assertThat(calls).isGreaterThan(100);
    }

    /** Both say the same of an answer. */
    private static JsonNode compare(AnswerParser parser, JsonNode params, String text, boolean partial, List<String> wrong) {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("text", text).put("partial", partial);
        question.set("parse", params);
        upstream.ask(question);
        JsonNode ours = read(parser, text, partial);
        JsonNode theirs = upstream.answer();
        if (!same(ours, theirs)) {
            wrong.add("%s%n  is read as %s%n  upstream:  %s".formatted(text, ours, theirs));
        }
        return ours;
    }

    /** Events put together are the message, which is the one that is read at once. */
    private static void stream(PromptTemplate template, JsonNode params, String text, boolean partial, RandomGenerator random, List<String> wrong) {
        List<Object> results = new ArrayList<>();
        for (int longest : new int[] {Integer.MAX_VALUE / 2, 5, 1}) {
            try (AnswerReader reader = AnswerReader.of(template, params, () -> "made")) {
                Told told = Told.of(reader, Told.pieces(text, random, longest), partial);
                if (!told.message().equals(told.fromEvents())) {
                    wrong.add("%s%n  is told as %s%n  and ends as %s".formatted(text, told.fromEvents(), told.message()));
                }
                for (int i = 0; i < told.calls.size(); i++) {
                    if (!told.names.get(i).toString().equals(told.calls.get(i).name()) || !told.arguments.get(i).toString().equals(told.calls.get(i).arguments())) {
                        wrong.add("%s%n  call is told as %s %s%n  and ends as %s".formatted(text, told.names.get(i), told.arguments.get(i), told.calls.get(i)));
                    }
                    if (!Json.MAPPER.readTree(told.calls.get(i).arguments()).isObject()) {
                        wrong.add("%s%n  has arguments that are no object".formatted(text));
                    }
                }
                results.add(told.message());
            } catch (TemplateException e) {
                results.add("refused");
            }
        }
        if (results.stream().distinct().count() != 1) {
            wrong.add("%s%n  in pieces is read as %s".formatted(text, results));
        }
    }

    private static ChatTemplates open(Path file) {
        return ((ChatHost) model).openTemplates(Optional.of(UpstreamChat.source(file)));
    }

    private static JsonNode apply(ChatTemplates templates, JsonNode request) {
        try {
            return Json.MAPPER.readTree(templates.apply(request.toString()));
        } catch (ChatCallException e) {
            return error(e);
        }
    }

    private static JsonNode read(AnswerParser parser, String text, boolean partial) {
        try {
            return Json.MAPPER.readTree(parser.parse(text, partial));
        } catch (ChatCallException e) {
            return error(e);
        }
    }

    private static JsonNode error(ChatCallException e) {
        return JsonNodeFactory.instance.objectNode().put("error", e.getMessage());
    }

    private static boolean same(JsonNode ours, JsonNode theirs) {
        if (theirs.has("error") && ours.has("error")) {
            return ours.get("error").stringValue().equals(theirs.get("error").stringValue().replace("\n------------\n", "\n").strip());
        }
        return ours.equals(theirs);
    }

    private static ObjectNode question(Path file, JsonNode request) {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("template", UpstreamChat.source(file));
        question.put("bos", special(model.tokenizer().bos())).put("eos", special(model.tokenizer().eos()));
        question.set("request", request);
        return question;
    }

    /** Where the vocabulary adds BOS, upstream leaves out a template's own, which its program without a model does not know. */
    private static JsonNode withoutBos(JsonNode theirs) {
        String bos = special(model.tokenizer().bos());
        String prompt = theirs.path("prompt").asString("");
        return prompt.startsWith(bos) && model.tokenizer().addsBos() ? ((ObjectNode) theirs).put("prompt", prompt.substring(bos.length())) : theirs;
    }

    private static String special(OptionalInt token) {
        return token.isPresent() ? model.tokenizer().info(token.getAsInt()).text() : "";
    }

    private static String cut(String text, RandomGenerator random) {
        int end = text.isEmpty() ? 0 : random.nextInt(text.length());
        return text.substring(0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }
}

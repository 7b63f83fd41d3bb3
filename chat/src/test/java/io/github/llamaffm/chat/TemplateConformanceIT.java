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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Every template of the pinned tree does here what it does in upstream's own tools: prompts, rules, answers, errors. */
class TemplateConformanceIT {

    private static final long SEED = Long.getLong("chat.seed", 1);

    /** Places in an answer at which it is split in two: all of them in ci/soak. */
    private static final int SPLITS = Integer.getInteger("chat.splits", 12);

    private static Model model;

    /** Answers that were read in pieces. */
    private final AtomicInteger streamed = new AtomicInteger();

    /** What was found wrong. */
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        model = UpstreamChat.vocabulary("phi-3");
    }

    @AfterAll
    static void end() {
        model.close();
    }

    @Test
    void promptsAndRulesAreUpstreams() {
        Map<String, ObjectNode> conversations = Conversations.all();
        AtomicInteger equal = new AtomicInteger();
        AtomicInteger errors = new AtomicInteger();
        InParallel.each(UpstreamChat.templates(), UpstreamChat::start, (upstream, file) -> {
            try (ChatTemplates templates = open(file)) {
                conversations.forEach((name, conversation) -> {
                    upstream.ask(question(file, conversation));
                    JsonNode ours = apply(templates, conversation);
                    JsonNode theirs = withoutBos(upstream.answer());
                    if (same(ours, theirs)) {
                        equal.incrementAndGet();
                        errors.addAndGet(theirs.has("error") ? 1 : 0);
                    } else {
                        wrong.add("%s, %s:%n%s%n%s".formatted(file.getFileName(), name, ours, theirs));
                    }
                });
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(equal).hasValue(70 * conversations.size());
        // Templates that refuse some of them, but not many.
        assertThat(errors.get()).isBetween(50, equal.get() / 4);
    }

    /** Answers of upstream's own tests, whole, in pieces, and cut anywhere. */
    @Test
    void answersOfUpstreamsTestsAreRead() {
        AtomicInteger messages = new AtomicInteger();
        AtomicInteger known = new AtomicInteger();
        Map<String, List<UpstreamAnswer>> answers = UpstreamAnswer.all().stream().collect(Collectors.groupingBy(UpstreamAnswer::template));
        InParallel.each(answers.entrySet(), UpstreamChat::start, (upstream, entry) -> {
            SplittableRandom random = random(entry.getKey());
            Path file = TestFiles.sources().resolve(entry.getKey());
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
                    ChatTemplates templates = open(file)) {
                for (UpstreamAnswer answer : entry.getValue()) {
                    JsonNode params = apply(templates, answer.request());
                    try (AnswerParser parser = templates.parser(params.toString())) {
                        JsonNode message = read(parser, answer.text(), answer.partial());
                        if (answer.expects(message)) {
                            messages.incrementAndGet();
                        } else if (answer.isReadWithoutEndOfText()) {
                            known.incrementAndGet();
                        } else {
                            wrong.add("%s%n  is read as %s".formatted(answer, message));
                        }
                        compare(upstream, parser, params, answer.text(), answer.partial());
                        compare(upstream, parser, params, cut(answer.text(), random), true);
                        compare(upstream, parser, params, cut(answer.text(), random), false);
                    }
                    stream(template, params, answer.text(), answer.partial(), random);
                }
            }
        });
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(messages).hasValue(459);
        assertThat(streamed).hasValueGreaterThan(461 * 10);
        assertThat(known).hasValue(2);
    }

    /** What a template makes of an answer in the history is an answer that it reads: so every template has some. */
    @Test
    void answersThatTemplatesWriteAreRead() {
        AtomicInteger answers = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        InParallel.each(UpstreamChat.templates(), UpstreamChat::start, (upstream, file) -> {
            SplittableRandom random = random(file.getFileName().toString());
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
                    ChatTemplates templates = open(file)) {
                for (ObjectNode request : WrittenAnswers.requests()) {
                    JsonNode params = apply(templates, request);
                    if (params.has("error")) {
                        continue;
                    }
                    for (String answer : WrittenAnswers.of(templates, request, params)) {
                        answers.incrementAndGet();
                        try (AnswerParser parser = templates.parser(params.toString())) {
                            JsonNode message = compare(upstream, parser, params, answer, false);
                            calls.addAndGet(message.path("tool_calls").size());
                            compare(upstream, parser, params, cut(answer, random), true);
                        }
                        stream(template, params, answer, false, random);
                    }
                }
            }
        });
        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(answers).hasValueGreaterThan(70 * 3);
        assertThat(calls).hasValueGreaterThan(100);
    }

    /** Both say the same of an answer. */
    private JsonNode compare(UpstreamChat upstream, AnswerParser parser, JsonNode params, String text, boolean partial) {
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
    private void stream(PromptTemplate template, JsonNode params, String text, boolean partial, RandomGenerator random) {
        List<List<String>> all = new ArrayList<>();
        for (int longest : new int[] {Integer.MAX_VALUE / 2, 5, 1}) {
            all.add(Told.pieces(text, random, longest));
        }
        List<Integer> places = new ArrayList<>(IntStream.range(1, Math.max(1, text.length())).filter(at -> !Character.isLowSurrogate(text.charAt(at))).boxed().toList());
        Collections.shuffle(places, random);
        places.stream().limit(SPLITS).forEach(at -> all.add(List.of(text.substring(0, at), text.substring(at))));
        List<Object> results = new ArrayList<>();
        for (List<String> pieces : all) {
            streamed.incrementAndGet();
            try (AnswerReader reader = AnswerReader.of(template, params, () -> "made")) {
                Told told = Told.of(reader, pieces, partial);
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

    /** The same for the same thing, whichever thread has it. */
    private static SplittableRandom random(String name) {
        return new SplittableRandom(SEED + name.hashCode());
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

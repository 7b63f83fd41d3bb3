package io.github.llamaffm.testkit;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A real model, in a GGUF file of some hundred kilobytes, whose weights know a conversation by heart: llama.cpp runs it, and all that an
 * application puts round a model is real too: template, tokens, cache, grammars, samplers, the parser of answers.
 *
 * <p>It counts the assistant messages of the prompt: where there is none yet, it gives the first answer of the script, where there is
 * one, the second. So a conversation may be streamed, forked, read from JSON or asked in any chat model, all of them at once: each gets
 * its answers in order, and whoever asks again with the same messages gets the same answer. A question without a history always gets
 * the first answer. Behind the last one the model says that the script has ended.
 *
 * <p>No other token ever has a probability, so that no temperature, seed or sampler changes what is said. Where something forbids
 * what the script says next, no token is left, and the call throws a {@code SamplingException}: a grammar of a format, of a type or of
 * tools that the answer does not follow (the order of an object's properties counts), a logit bias.
 *
 * <p>What it cannot do: read what it is asked, answer by it, take its time, keep its thoughts to a budget. Text that is neither one of
 * its answers nor the end of a prompt makes it begin an answer. Logits of many tokens at once may overflow on GPUs that compute with
 * halves.
 *
 * <p>Immutable: each method gives another script. Any thread.
 */
public final class ScriptedModel {

    /** Answers that a script has at most. */
    public static final int MOST_ANSWERS = 100;

    private static final int CONTEXT = 8192;

    private final List<ScriptedAnswer> answers;
    private final ScriptTemplate template;

    /** Without an answer yet. */
    ScriptedModel(ScriptTemplate template) {
        this(List.of(), template);
    }

    private ScriptedModel(List<ScriptedAnswer> answers, ScriptTemplate template) {
        this.answers = List.copyOf(answers);
        this.template = template;
    }

    /**
     * The next answer, as the model writes it: the template's parser may read thoughts and calls in it.
     *
     * @throws IllegalArgumentException if it is blank, or the script is full
     */
    public ScriptedModel answer(String text) {
        return and(new ScriptedAnswer(text, false));
    }

    /**
     * The next answer: a call of a tool.
     *
     * @param name of the tool
     * @param arguments a JSON object, as the model writes it
     * @throws IllegalArgumentException if the script is full
     * @throws IllegalStateException if the script has a template of its own, whose calls only its author knows: {@link #answer}
     */
    public ScriptedModel toolCall(String name, String arguments) {
        return turn(turn -> turn.toolCall(name, arguments));
    }

    /**
     * The next answer, with thoughts or several calls.
     *
     * @throws IllegalArgumentException if it has nothing, or the script is full
     * @throws IllegalStateException if the script has a template of its own, whose format only its author knows: {@link #answer}
     */
    public ScriptedModel turn(UnaryOperator<ScriptedTurn> turn) {
        if (template != ScriptTemplate.CHATML) {
            throw new IllegalStateException("how a template of yours writes thoughts and calls is not known: answer(...) takes any text");
        }
        return answer(turn.apply(ScriptedTurn.EMPTY).text());
    }

    /**
     * The next answer, which goes on until something ends it: a limit, a deadline, a cancellation, a full context.
     *
     * @param words over and over
     * @throws IllegalArgumentException if they are blank, or the script is full
     */
    public ScriptedModel endless(String words) {
        return and(new ScriptedAnswer(words, true));
    }

    private ScriptedModel and(ScriptedAnswer answer) {
        if (answers.size() == MOST_ANSWERS) {
            throw new IllegalArgumentException("a script has at most " + MOST_ANSWERS + " answers");
        }
        List<ScriptedAnswer> all = new ArrayList<>(answers);
        all.add(answer);
        return new ScriptedModel(all, template);
    }

    /**
     * The bytes of the GGUF file.
     *
     * @throws IllegalStateException if the script has no answer
     * @throws IllegalArgumentException if it has more than some 8,000 words, or an answer that is a control token
     */
    public byte[] toBytes() {
        return model().toBytes();
    }

    /**
     * Writes the GGUF file, over one that is there.
     *
     * @return the path
     * @throws IllegalStateException if the script has no answer
     * @throws IllegalArgumentException if it has more than some 8,000 words, or an answer that is a control token
     * @throws UncheckedIOException if that fails
     */
    public Path writeTo(Path path) {
        return model().writeTo(path);
    }

    private TinyModel model() {
        if (answers.isEmpty()) {
            throw new IllegalStateException("a script without an answer");
        }
        return TinyModel.scripted(ConversationFamily.of(answers, template.answerStart()), template, CONTEXT);
    }
}

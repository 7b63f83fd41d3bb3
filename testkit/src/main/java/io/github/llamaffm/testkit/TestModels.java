package io.github.llamaffm.testkit;

/** Models for the tests of applications. */
public final class TestModels {

    private TestModels() {}

    /**
     * A model that will say what the test tells it to, answer by answer, whatever it is asked:
     *
     * <pre>{@code
     * Path file = TestModels.scripted()
     *         .toolCall("weather", "{\"city\": \"Quito\"}")
     *         .answer("It rains.")
     *         .writeTo(folder.resolve("scripted.gguf"));
     * }</pre>
     *
     * <p>Its template is ChatML's, with thoughts between {@code <think>} and {@code </think>}, and calls of tools as Qwen 3 writes them.
     *
     * @return a script without an answer yet
     */
    public static ScriptedModel scripted() {
        return new ScriptedModel(ScriptTemplate.CHATML);
    }

    /**
     * A scripted model with another template.
     *
     * @param jinja its source
     * @param answerStart what it writes before each assistant message, and nowhere else: {@code "<|im_start|>assistant"}, say
     * @return a script without an answer yet
     * @throws IllegalArgumentException if that text is blank
     */
    public static ScriptedModel scripted(String jinja, String answerStart) {
        return new ScriptedModel(ScriptTemplate.of(jinja, answerStart));
    }
}

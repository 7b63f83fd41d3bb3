package io.github.llamaffm.chat;

/**
 * What a chat template is and can do.
 *
 * @param source Jinja
 * @param origin where it comes from
 * @param systemRole whether it has system messages; else their text goes into the first user message
 * @param tools whether it describes tools to the model
 * @param toolCalls whether its answers may have calls of tools
 * @param parallelToolCalls whether an answer may have several
 * @param reasoning whether it knows thoughts
 * @param typedContent whether it takes content in parts
 */
public record ChatTemplate(
        String source,
        Origin origin,
        boolean systemRole,
        boolean tools,
        boolean toolCalls,
        boolean parallelToolCalls,
        boolean reasoning,
        boolean typedContent) {

    /** Where a template comes from. */
    public enum Origin {
        /** The model's metadata. */
        MODEL,
        /** {@link ChatModelOptions#template()}. */
        OVERRIDE,
        /** ChatML: the model has none. */
        BUILT_IN
    }
}

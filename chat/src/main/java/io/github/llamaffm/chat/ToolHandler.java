package io.github.llamaffm.chat;

/**
 * Does what a tool does.
 *
 * @param <A> its arguments
 */
@FunctionalInterface
public interface ToolHandler<A> {

    /**
     * One call of the tool, on a thread of {@link ToolLoop#executor()}; several may run at once.
     *
     * @return a text as it is, anything else as JSON
     * @throws Exception is told to the model or ends the call: {@link ToolLoop#onError()}
     */
    Object call(A arguments) throws Exception;
}

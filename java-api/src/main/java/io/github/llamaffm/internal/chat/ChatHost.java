package io.github.llamaffm.internal.chat;

import java.util.Optional;

/** A model, to the chat module. */
public interface ChatHost {

    /**
     * The model's chat templates. They hold the model as a context does. Calls {@code lf_chat_templates_new}.
     *
     * @param source a Jinja template instead of the model's
     * @throws ChatCallException if there is no template, or it does not parse
     */
    ChatTemplates openTemplates(Optional<String> source);

    /**
     * A JSON schema as GBNF. Calls {@code lf_json_schema_to_grammar}.
     *
     * @throws ChatCallException if upstream cannot express it
     */
    String schemaToGrammar(String schema);

    /**
     * Runs a listener when a token is cancelled: at once where it is already.
     *
     * @param cancellation a {@code Cancellation}, a type that no internal package names
     * @return what takes the listener away; a token outlives the calls that it was given to
     */
    Runnable onCancel(Object cancellation, Runnable listener);

    /**
     * Tokens that are CONTROL, USER_DEFINED or UNKNOWN, ascending: few among the many of a vocabulary, which this reads far faster
     * than one call for each. Calls {@code lf_token_describe}.
     */
    int[] tokensBesideText();

    /** The thread whose call the current one works for, such as a sampler that is written in Java; else the current one. */
    Thread caller();
}

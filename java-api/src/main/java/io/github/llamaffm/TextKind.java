package io.github.llamaffm;

/** What a text is for: some models want another prefix before each kind. */
public enum TextKind {
    /** No prefix. */
    PLAIN,
    /** What is searched for: {@link EmbedderOptions#queryPrefix()}. */
    QUERY,
    /** What is searched in: {@link EmbedderOptions#passagePrefix()}. */
    PASSAGE
}

package io.github.llamaffm.chat;

/** What becomes of an exception of a tool's handler. */
public enum OnToolError {

    /** Its class and message are the tool's answer, and the model goes on. */
    TELL_MODEL,

    /** The call ends with a {@link ToolException}. */
    FAIL
}

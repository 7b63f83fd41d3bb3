/**
 * GGUF models in a Java program: models, contexts, sequences, generations. Grant native access to {@code
 * io.github.llamaffm.bindings}; this module needs none.
 */
@SuppressWarnings("module") // the chat module is built after this one
module io.github.llamaffm {
    requires io.github.llamaffm.bindings;
    requires org.apache.commons.io;
    requires org.slf4j;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.github.llamaffm;
    exports io.github.llamaffm.internal.chat to io.github.llamaffm.chat;
    exports io.github.llamaffm.internal.state to io.github.llamaffm.chat;
}

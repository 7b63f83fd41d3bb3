package io.github.llamaffm.bindings;

/** The lowest level of native log lines that are kept for Java to read. */
public enum LogLevel {
    DEBUG(1),
    INFO(2),
    WARN(3),
    ERROR(4);

    private final int ggmlLogLevel;

    LogLevel(int ggmlLogLevel) {
        this.ggmlLogLevel = ggmlLogLevel;
    }

    /** The value of {@code enum ggml_log_level}. */
    public int value() {
        return ggmlLogLevel;
    }
}

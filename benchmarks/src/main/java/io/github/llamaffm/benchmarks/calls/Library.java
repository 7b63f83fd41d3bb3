package io.github.llamaffm.benchmarks.calls;

/** The natives that calls are measured over. */
enum Library {

    /** What users get: {@code native/build cpu}. */
    SHIPPED("shipped"),

    /** The same, whose decode returns at once: {@code native/build decode-nothing}. */
    NOTHING("decode does nothing");

    /** For people. */
    final String text;

    Library(String text) {
        this.text = text;
    }
}

/** Tiny models for tests. Needs nothing but the JDK. */
module io.github.llamaffm.testkit {
    exports io.github.llamaffm.testkit;
}

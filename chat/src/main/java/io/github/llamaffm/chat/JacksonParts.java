package io.github.llamaffm.chat;

import java.util.function.Supplier;

/**
 * The parts of Jackson on the class path: annotations have a version of their own, which the dependency management of a project may set
 * lower than Jackson needs.
 */
final class JacksonParts {

    private JacksonParts() {}

    /** @throws LinkageError if parts are missing: with what a project can do */
    static <T> T require(Supplier<T> made) {
        try {
            return made.get();
        } catch (LinkageError e) {
            throw new LinkageError(("Jackson 3 does not find what it needs (%s): com.fasterxml.jackson.core:jackson-annotations is missing or too old;"
                    + " let your dependency management have 2.21 or newer (Spring Boot 3.5: <jackson-bom.version>2.21.4</jackson-bom.version>)").formatted(e.getMessage()), e);
        }
    }
}

package io.github.llamaffm.benchmarks.sides;

/** One that takes part in a case. */
record Contender(String name, Run run) {

    /** One run of it: a process, or one request to a process. */
    @FunctionalInterface
    interface Run {

        Sample once();
    }
}

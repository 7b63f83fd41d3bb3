package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Context;

/** Measures one kind of test. */
interface Probe<C extends Case, R> {

    /** @param context one of the test's own, in which nothing was computed */
    R measure(C test, Context context, Steps steps);
}

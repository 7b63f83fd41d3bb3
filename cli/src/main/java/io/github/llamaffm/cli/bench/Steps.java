package io.github.llamaffm.cli.bench;

/** Tells what is being done: of each test a warm-up, then the repetitions. */
final class Steps {

    private final Progress progress;
    private final int tests;
    private final int repetitions;
    private int test;
    private int step;

    Steps(Progress progress, int tests, int repetitions) {
        this.progress = progress;
        this.tests = tests;
        this.repetitions = repetitions;
    }

    int repetitions() {
        return repetitions;
    }

    /** The next test begins. */
    void nextTest(String name) {
        test++;
        step = 0;
        tell(name + " starting");
    }

    void warmUp() {
        tell("warm-up");
    }

    void repetition() {
        step++;
        tell("run " + step + "/" + repetitions);
    }

    /** The result of this test is about to be printed. */
    void pause() {
        progress.pause();
    }

    private void tell(String what) {
        double done = test - 1 + (double) step / (repetitions + 1);
        progress.step("benchmark " + test + "/" + tests, what, done / tests);
    }
}

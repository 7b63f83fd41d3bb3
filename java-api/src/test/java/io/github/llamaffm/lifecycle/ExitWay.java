package io.github.llamaffm.lifecycle;

import java.io.IOException;

/** How a process ends. */
enum ExitWay {
    SYSTEM_EXIT("`System.exit(42)`", 42) {
        @Override
        void end() {
            System.exit(exitCode);
        }
    },
    HALT("`Runtime.halt(43)`", 43) {
        @Override
        void end() {
            Runtime.getRuntime().halt(exitCode);
        }
    },
    END_OF_MAIN("`main` returns", 0) {
        @Override
        void end() {
            // Nothing is to be done for that.
        }
    },
    UNCAUGHT_IN_MAIN("an exception leaves `main`", 1) {
        @Override
        void end() {
            throw new IllegalStateException(UNCAUGHT);
        }
    },
    UNCAUGHT_IN_THREAD("an exception leaves the last other thread", 0) {
        @Override
        void end() {
            Thread.ofPlatform().start(() -> {
                throw new IllegalStateException(UNCAUGHT);
            });
        }
    },
    SIGHUP("SIGHUP", 129) {
        @Override
        void end() throws Exception {
            signal();
        }
    },
    SIGINT("SIGINT", 130) {
        @Override
        void end() throws Exception {
            signal();
        }
    },
    SIGTERM("SIGTERM", 143) {
        @Override
        void end() throws Exception {
            signal();
        }
    };

    /** What the JVM reports of {@link #UNCAUGHT_IN_MAIN} and {@link #UNCAUGHT_IN_THREAD}, on stderr; nothing else does any. */
    static final String UNCAUGHT = "thrown on purpose";

    final String words;
    final int exitCode;

    ExitWay(String words, int exitCode) {
        this.words = words;
        this.exitCode = exitCode;
    }

    /** Called by the main thread, as the last thing it does. */
    abstract void end() throws Exception;

    boolean reportsAnException() {
        return this == UNCAUGHT_IN_MAIN || this == UNCAUGHT_IN_THREAD;
    }

    void signal() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name().substring(3), String.valueOf(ProcessHandle.current().pid())).start();
        Thread.currentThread().join();
    }
}

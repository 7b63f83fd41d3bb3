package io.github.llamaffm.chat.leaks;

import io.github.llamaffm.Model;
import io.github.llamaffm.support.LiveBlocks;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Prints for each kind of round its name, how many blocks native code has more than before, and what was closed and is still
 * reachable. Arguments: a folder, rounds.
 */
final class LeakProgram {

    private LeakProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        Model model = Model.load(TinyModel.llama().contextSize(1024).writeTo(folder.resolve("tiny.gguf")));
        LiveBlocks live = LiveBlocks.start();
        Rounds.Fixture fixture = Rounds.Fixture.of(model, folder);
        for (Rounds kind : Rounds.values()) {
            // What is kept for the whole process is there before anything is counted.
            repeat(kind, fixture, rounds);
            long before = settled(live);
            repeat(kind, fixture, rounds);
            System.out.println(kind + " " + (settled(live) - before) + " " + fixture.closed().left());
        }
        model.shutdown(Duration.ofSeconds(60));
    }

    private static void repeat(Rounds kind, Rounds.Fixture fixture, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            kind.run(fixture, i);
        }
        // Replies that were left end behind what is asked now.
        fixture.chatModel().ask("Hello");
    }

    /** Arenas that are garbage are freed when they are collected. */
    private static long settled(LiveBlocks live) {
        System.gc();
        return live.count();
    }
}

package io.github.llamaffm.benchmarks.calls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures what each call costs in Java and in C, and writes it down. {@code ci/call-path} starts it. */
final class CallPath {

    private static final String USAGE = "usage: CallPath short|long CALLS SHIPPED NOTHING FOLDER";

    private CallPath() {}

    /**
     * Measures.
     *
     * @param arguments how long; the program that calls.c became; the folder of the shipped natives and of those whose decode
     *     does nothing; the folder that gets {@code call-path.json} and {@code call-path.md}
     */
    public static void main(String... arguments) throws IOException {
        if (arguments.length != 5) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Effort effort = Effort.valueOf(arguments[0].toUpperCase());
        Path program = Path.of(arguments[1]);
        Path folder = Files.createDirectories(Path.of(arguments[4]));
        Path model = folder.resolve("one-layer.gguf");
        Opened.writeModel(model);
        List<Cost> costs = new ArrayList<>();
        costs.addAll(measure(Library.SHIPPED, Path.of(arguments[2]), program, model, effort));
        costs.addAll(measure(Library.NOTHING, Path.of(arguments[3]), program, model, effort));
        Report report = new Report(costs);
        Files.writeString(folder.resolve("call-path.json"), report.json());
        Files.writeString(folder.resolve("call-path.md"), report.markdown());
        System.out.print(report.markdown());
    }

    /** Every call that is measured over a library. */
    static List<Cost> measure(Library library, Path natives, Path program, Path model, Effort effort) {
        return Arrays.stream(Call.values())
                .filter(call -> call.isMeasuredOver(library))
                .map(call -> measure(call, library, natives, program, model, effort))
                .toList();
    }

    private static Cost measure(Call call, Library library, Path natives, Path program, Path model, Effort effort) {
        double before = LoopsInC.run(program, call, natives, model, effort);
        CallsInJava.Measured java = CallsInJava.run(call, natives, model, effort);
        double after = LoopsInC.run(program, call, natives, model, effort);
        return new Cost(call, library, java.nanos(), before, after, java.bytes());
    }
}

package io.github.llamaffm.benchmarks.calls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the program that calls.c becomes. */
final class LoopsInC {

    private static final Pattern LINE = Pattern.compile("\\{\"call\":\"(\\w+)\",\"ns\":([0-9.]+)}");

    private LoopsInC() {}

    /**
     * Nanoseconds of a call.
     *
     * @param natives their folder
     */
    static double run(Path program, Call call, Path natives, Path model, Effort effort) {
        ProcessBuilder builder = new ProcessBuilder(List.of(program.toString(), natives.toString(), model.toString(), call.id,
                Integer.toString(effort.loopMillis()), Integer.toString(effort.rounds())));
        builder.environment().put("LD_LIBRARY_PATH", natives.toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("%s ended with status %d".formatted(program, status));
            }
            return parse(output, call);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + program + " ran", e);
        }
    }

    private static double parse(String output, Call call) {
        Matcher matcher = LINE.matcher(output.strip());
        if (!matcher.matches() || !matcher.group(1).equals(call.id)) {
            throw new IllegalStateException("calls.c was to measure %s and printed: %s".formatted(call.id, output));
        }
        return Double.parseDouble(matcher.group(2));
    }
}

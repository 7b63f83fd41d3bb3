package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the probe, {@code @probe 2 compute q4_0 in CPU, 1 columns}; drivers may print others.
 *
 * @param step number of the step, from 1; 0 where the probe said nothing
 * @param word what begins, or how the step ended
 * @param text the rest
 */
record ProbeLine(int step, String word, String text) {

    private static final Pattern LINE = Pattern.compile("^@probe (\\d{1,3}) (\\w+) ?(.*)$", Pattern.MULTILINE);

    /** What the core library prints before it gives up (native/shim/crash.cpp). */
    private static final Pattern MESSAGE = Pattern.compile("^  message: +(.+)$", Pattern.MULTILINE);

    static List<ProbeLine> all(String output) {
        List<ProbeLine> lines = new ArrayList<>();
        Matcher line = LINE.matcher(output);
        while (line.find()) {
            lines.add(new ProbeLine(Integer.parseInt(line.group(1)), line.group(2), line.group(3).strip()));
        }
        return lines;
    }

    static ProbeLine last(String output) {
        List<ProbeLine> lines = all(output);
        return lines.isEmpty() ? new ProbeLine(0, "", "") : lines.getLast();
    }

    /** Why native code gave up, where it said so. */
    static String lastWords(String output) {
        Matcher message = MESSAGE.matcher(output);
        return message.find() ? ": " + message.group(1).strip() : "";
    }

    boolean isEnd() {
        return word.equals("done");
    }

    int number() {
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** What was going on when no further line came, as the end of a sentence. */
    String doing(List<String> steps) {
        return switch (word) {
            case "done" -> "between two steps";
            case "start" -> "starting " + (text.isEmpty() ? "" : text + " of ") + file(steps);
            case "compute" -> "computing " + text + ", with " + file(steps);
            default -> "opening " + file(steps);
        };
    }

    /** Name of the file that the step is about. */
    String file(List<String> steps) {
        String argument = steps.get(step - 1);
        String path = argument.substring(argument.indexOf('=') + 1);
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }
}

package io.github.llamaffm.benchmarks.gpu;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Why a process ended, from what it printed, in one line. */
final class Crash {

    /** The JVM's lines begin with "#", but other threads write between them. */
    private static final Pattern SIGNAL = Pattern.compile("(?m)^#\\s+((?:SIG|EXCEPTION_|Internal Error)[^,\\n]*)");
    private static final Pattern FRAME = Pattern.compile("(?m)^(?:#\\s*)?([CVJjAv]\\s+\\[?\\S+[.:+]\\S+.*)$");
    /** What ggml says before it aborts. */
    private static final Pattern GGML = Pattern.compile("(?m)^(.*(?:GGML_ASSERT|CUDA error).*)$");

    private static final int LAST = 300;

    private Crash() {}

    static String of(String log) {
        int frame = Math.max(0, log.indexOf("# Problematic frame:"));
        List<String> said = Stream.of(first(GGML, log), first(SIGNAL, log), first(FRAME, log.substring(frame))).flatMap(List::stream).toList();
        return first(SIGNAL, log).isEmpty() ? log.substring(Math.max(0, log.length() - LAST)).strip() : String.join("; ", said);
    }

    private static List<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? List.of(matcher.group(1).replaceAll("\\s+", " ").strip()) : List.of();
    }
}

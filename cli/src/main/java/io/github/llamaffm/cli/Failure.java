package io.github.llamaffm.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Collectors;

/** Failures as users read them. */
final class Failure {

    private Failure() {}

    /** What happened, on one line whatever the length of the message. */
    static String oneLine(Throwable failure) {
        return message(failure).lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("; "));
    }

    private static String message(Throwable failure) {
        return switch (failure) {
            // The message of these is only the file's name.
            case NoSuchFileException e -> "no such file: " + e.getFile();
            case AccessDeniedException e -> "access denied: " + e.getFile();
            case FileSystemException e when e.getReason() == null -> "cannot use " + e.getFile();
            case RuntimeException e when e.getClass() == NullPointerException.class || e.getMessage() == null -> e.toString();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}

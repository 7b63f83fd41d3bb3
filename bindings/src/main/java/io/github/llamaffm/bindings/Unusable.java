package io.github.llamaffm.bindings;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why one candidate cannot be used, and what its owner can do about it. */
final class Unusable extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final String remedy;

    /** Without a remedy of its own: the next candidate may do. */
    Unusable(String reason) {
        this(reason, "");
    }

    Unusable(String reason, String remedy) {
        super(reason);
        this.remedy = remedy;
    }

    /** What could not be done, with the system's reason. */
    static Unusable because(String what, IOException e) {
        Unusable unusable = new Unusable(what + ": " + reason(e));
        unusable.initCause(e);
        return unusable;
    }

    /** The next thing to do, or empty. */
    String remedy() {
        return remedy;
    }

    /** The reason and the next thing to do, for a report. */
    String text() {
        return remedy.isEmpty() ? getMessage() : getMessage() + ". " + remedy;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
            case FileAlreadyExistsException exists -> exists.getFile() + ": already exists and is not a directory";
            case FileSystemException other when other.getReason() != null ->
                other.getFile() + ": " + other.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}

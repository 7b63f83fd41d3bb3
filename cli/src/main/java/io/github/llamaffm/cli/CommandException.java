package io.github.llamaffm.cli;

/** A failure whose message is all that the user needs: exit code 1. */
final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }

    /** Nobody reads what is printed, or the disk is full. */
    static CommandException cannotWrite() {
        return new CommandException("cannot write to standard output");
    }
}

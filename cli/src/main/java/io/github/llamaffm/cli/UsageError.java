package io.github.llamaffm.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Answers wrong usage with what is wrong, the synopsis, and where to read more. */
final class UsageError implements IParameterExceptionHandler {

    /** @throws ParameterException if the value of an option is not valid */
    static void require(CommandSpec spec, boolean valid, String option, Object value, String rule) {
        if (!valid) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '" + option + "': " + value + " is not " + rule);
        }
    }

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("llama-ffm: " + message(error, command.getUnmatchedArguments()));
        if (!UnmatchedArgumentException.printSuggestions(error, err)) {
            err.print(command.getUsageMessage().lines().takeWhile(UsageError::isSynopsis).reduce("", (a, b) -> a + b + "\n"));
        }
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** An unknown option takes the place of what picocli then misses; it is the better thing to name. */
    private static String message(ParameterException error, List<String> unmatched) {
        if (error instanceof MissingParameterException && !unmatched.isEmpty()) {
            return "Unknown option: '" + unmatched.getFirst() + "'; an argument that begins with a dash goes after --";
        }
        return Failure.oneLine(error);
    }

    private static boolean isSynopsis(String line) {
        return line.startsWith("Usage: ") || line.startsWith(" ");
    }
}

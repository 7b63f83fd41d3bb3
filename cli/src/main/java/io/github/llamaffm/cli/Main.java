package io.github.llamaffm.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code llama-ffm} command. Its exit codes are listed in {@code docs/cli.md}. */
@Command(
        name = "llama-ffm",
        description = "Text from GGUF models, through llama.cpp in this process.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {RunCommand.class, ChatCommand.class, CompleteCommand.class, BenchCommand.class, DevicesCommand.class, DoctorCommand.class,
            ModelJarCommand.class})
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args as {@code llama-ffm --help} describes them
     */
    public static void main(String[] args) {
        // UTF-8 whatever the locale says, as llama.cpp's tools write it: a pipe has no character set.
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        int exitCode = run(out, err, args);
        System.exit(exitCode);
    }

    /** Runs one command in this process. Both writers are flushed at the end. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        try {
            requireReadable(args);
            int exitCode = commandLine(out, err).execute(args);
            return exitCode == 0 && out.checkError() ? fail(err, CommandException.cannotWrite()) : exitCode;
        } catch (CommandException | Error e) {
            return fail(err, e);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                // A prompt may begin with an @.
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setParameterExceptionHandler(new UsageError())
                .setExecutionExceptionHandler((failure, _, _) -> fail(err, failure));
    }

    /** Without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing COMMAND");
    }

    private static int fail(PrintWriter err, Throwable failure) {
        LoggerFactory.getLogger(Main.class).debug("failed", failure);
        err.println("llama-ffm: " + Failure.oneLine(failure));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Java replaces what it cannot decode; a prompt or file name of question marks would be answered in earnest. */
    private static void requireReadable(String... args) {
        String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (!charset.equalsIgnoreCase("UTF-8") && List.of(args).stream().anyMatch(arg -> arg.indexOf('\uFFFD') >= 0)) {
            throw new CommandException("the arguments hold characters that the locale's character set, " + charset
                    + ", cannot carry; set LC_ALL=C.UTF-8");
        }
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
    }
}

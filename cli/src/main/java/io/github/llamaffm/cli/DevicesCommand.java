package io.github.llamaffm.cli;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.RuntimeReport;
import io.github.llamaffm.RuntimeReport.Candidate;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what can compute and which native libraries were chosen. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints what can compute, and which native libraries were chosen and why.")
final class DevicesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RuntimeReport report = LlamaRuntime.instance().report();
        PrintWriter out = spec.commandLine().getOut();

        out.println("llama.cpp  " + report.llamaCppVersion() + " (" + report.buildInfo() + ")");
        out.println("ABI id     " + report.abiId());
        out.println("platform   " + report.platform());
        out.println("core       " + report.core());
        out.println("CPU        " + report.cpuModule().map(Path::toString).orElse("in use by another class loader"));
        report.versions().forEach((what, version) -> out.println(what + "  " + version));
        report.warnings().forEach(warning -> out.println("warning    " + warning));
        out.println();
        Table.print(
                out,
                List.of("DEVICE", "TYPE", "BACKEND", "FREE", "TOTAL", "ID", "DESCRIPTION"),
                report.devices().stream().map(DevicesCommand::row));
        out.println();
        Table.print(
                out,
                List.of("LIBRARY", "STATUS", "REASON"),
                report.candidates().stream().map(DevicesCommand::row));
        return 0;
    }

    private static List<String> row(Device device) {
        return List.of(
                device.name(),
                device.type().name(),
                device.backend(),
                mebibytes(device.memoryFree()),
                mebibytes(device.memoryTotal()),
                device.id().isEmpty() ? "-" : device.id(),
                device.description());
    }

    private static List<String> row(Candidate candidate) {
        return List.of(candidate.name(), candidate.status().name().toLowerCase(Locale.ROOT), candidate.reason());
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}

package io.github.llamaffm.cli;

import io.github.llamaffm.modeljar.ModelJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Packs a GGUF file into a jar from which it can be mapped. */
@Command(
        name = "model-jar",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Packs a GGUF file into a jar, so that a model can be a dependency.")
final class ModelJarCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model, a GGUF file.")
    private Path model;

    @Option(
            names = "--output",
            paramLabel = "JAR",
            description = "The jar to write, replaced where it exists; by default named as FILE, in the current folder.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        if (Files.isDirectory(model)) {
            throw new CommandException(model + " is a directory, not a GGUF file");
        }
        ModelJar jar = jar();
        Path target = output != null ? output : Path.of(baseName() + ".jar");
        jar.writeTo(target);
        spec.commandLine().getOut().println(target + " holds " + jar.entryName());
        return 0;
    }

    private ModelJar jar() {
        try {
            return ModelJar.builder(model, baseName()).build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage() + " Rename the file.");
        }
    }

    private String baseName() {
        String name = model.getFileName().toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }
}

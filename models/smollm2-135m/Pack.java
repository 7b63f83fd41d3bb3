import io.github.llamaffm.modeljar.ModelJar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fetches the default model and packs it: the build runs this source file with llama-ffm-model-jar on the class path.
 *
 * <p>Arguments: this folder and the jar to write.
 */
final class Pack {

    private Pack() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        Path jar = Path.of(arguments[1]);
        ModelJar.builder(fetch(folder), "smollm2-135m")
                .attribute("Automatic-Module-Name", "io.github.llamaffm.models.smollm2")
                .file("META-INF/LICENSE", Files.readAllBytes(folder.resolve("LICENSE")))
                .file("META-INF/NOTICE", Files.readAllBytes(folder.resolve("NOTICE")))
                .build()
                .writeTo(jar);
    }

    private static Path fetch(Path folder) throws IOException, InterruptedException {
        Process fetch = new ProcessBuilder(folder.resolve("fetch").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(fetch.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = fetch.waitFor();
        if (status != 0) {
            System.exit(status); // the script has said why
        }
        return Path.of(path);
    }
}

package consumer.packagings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same program in every packaging: it makes tokens, with the natives for this platform among several. */
class PackagingsIT {

    private static final String APPLICATION = System.getProperty("application");
    private static final Path LIBRARIES = Path.of(System.getProperty("libraries"));
    private static final String PLATFORM = System.getProperty("native.platform");
    private static final String MAIN = "consumer.packagings.Main";
    private static final String ON_THE_CLASS_PATH = "--enable-native-access=ALL-UNNAMED";
    private static final String AS_MODULES = "--enable-native-access=io.github.llamaffm.bindings";

    @TempDir
    private Path folder;

    private List<String> run(Path java, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny", "-Dllamaffm.cache.dir=" + cache()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        int code = builder.start().waitFor();
        assertEquals(0, code, () -> command + "\n" + text(out) + text(err));
        return Files.readAllLines(out);
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private void assertTokens(List<String> lines, String... otherPlatforms) throws IOException {
        assertEquals(" Paris.", lines.getFirst());
        assertTrue(lines.get(1).startsWith("core " + cache().toRealPath()), lines::toString);
        for (String platform : otherPlatforms) {
            assertTrue(lines.stream().anyMatch(line -> line.contains("reason=for " + platform + ", this Java runs on " + PLATFORM)),
                    () -> platform + ": " + lines);
        }
        try (Stream<Path> files = Files.walk(cache())) {
            assertFalse(files.anyMatch(file -> file.toString().endsWith(".gguf")), "the model is used where it lies");
        }
    }

    @Test
    void classPath() throws Exception {
        assertTokens(run(java(), ON_THE_CLASS_PATH, "-cp", APPLICATION + ".jar" + File.pathSeparator + LIBRARIES.resolve("*"), MAIN),
                "nowhere");
    }

    @Test
    void modulePathWithNativesOfSeveralPlatforms() throws Exception {
        String modules = String.join(File.pathSeparator, APPLICATION + ".jar", LIBRARIES.toString(),
                nativeJar("windows-x86_64").toString(), nativeJar("osx-aarch_64").toString());

        assertTokens(run(java(), AS_MODULES, "-p", modules, "--add-modules", "io.github.llamaffm.models.smollm2",
                "-m", "consumer.packagings/" + MAIN), "nowhere", "windows-x86_64", "osx-aarch_64");
    }

    @Test
    void linkedImage() throws Exception {
        Path image = folder.resolve("image");
        List<String> modules = new ArrayList<>(List.of(APPLICATION + ".jar", nativeJar("windows-x86_64").toString()));
        Path model = null;
        List<String> names = new ArrayList<>();
        for (Path jar : jars()) {
            if (jar.getFileName().toString().contains("-model-")) {
                model = jar; // it is no explicit module, which jlink asks for
            } else {
                modules.add(jar.toString());
            }
        }
        ModuleFinder.of(modules.stream().map(Path::of).toArray(Path[]::new)).findAll()
                .forEach(module -> names.add(module.descriptor().name()));
        // Without a limit the services of the whole JDK are bound too, and jlink itself is one, which not every JDK can link.
        tool("jlink", "-p", String.join(File.pathSeparator, modules), "--add-modules", "consumer.packagings", "--bind-services",
                "--limit-modules", String.join(",", names), "--output", image.toString());

        assertTokens(run(image.resolve("bin/java"), AS_MODULES, "-cp", model.toString(), "-m", "consumer.packagings/" + MAIN),
                "nowhere", "windows-x86_64");
    }

    @Test
    void shadedJar() throws Exception {
        Path model = jars().stream().filter(jar -> jar.getFileName().toString().contains("-model-")).findFirst().orElseThrow();

        assertTokens(run(java(), ON_THE_CLASS_PATH, "-cp", APPLICATION + "-shaded.jar" + File.pathSeparator + model, MAIN), "nowhere");
    }

    @Test
    void springBootJar() throws Exception {
        assertTokens(run(java(), ON_THE_CLASS_PATH, "-jar", APPLICATION + "-boot.jar"), "nowhere");
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(LIBRARIES)) {
            return files.sorted().toList();
        }
    }

    /** A native jar as the build makes it, but for its libraries: nothing of another platform may be opened. */
    private Path nativeJar(String platform) throws IOException {
        String name = platform.replace('-', '_');
        Path sources = Files.createDirectories(folder.resolve("sources-" + name));
        Path classes = Files.createDirectories(folder.resolve("classes-" + name));
        for (String file : List.of("module-info.java", "Natives.java")) {
            String text = Files.readString(Path.of(System.getProperty("native.templates"), file));
            Files.writeString(sources.resolve(file), text.replace("${native.platform}", platform).replace("${native.backend}", "cpu")
                    .replace("${native.platform.identifier}", name).replace("${native.backend.identifier}", "cpu")
                    .replace("${natives.folder}", "META-INF/llama-ffm/natives/" + platform + "/cpu"));
        }
        tool("javac", "-p", LIBRARIES.toString(), "-d", classes.toString(),
                sources.resolve("module-info.java").toString(), sources.resolve("Natives.java").toString());
        Path jar = folder.resolve("natives-" + platform + ".jar");
        tool("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
        return jar;
    }

    private static void tool(String name, String... arguments) {
        assertEquals(0, ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments), name);
    }
}

package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code llama-ffm} with a command of a few lines, and a Maven that only counts and copies it. */
class LauncherIT {

    private static final String LAUNCHER = "llama-ffm";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path builds;
    private Path maven;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = new Checkout(folder);
        checkout.copyScript(LAUNCHER);
        checkout.environment.put("JAVA_HOME", System.getProperty("java.home"));

        Path source = folder.resolve("Main.java");
        Files.writeString(source, """
                package io.github.llamaffm.cli;

                public class Main {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println(String.join("|", arguments));
                        if (arguments.length == 1 && arguments[0].equals("wait")) {
                            new java.util.concurrent.CountDownLatch(1).await();
                        }
                        System.exit(7);
                    }
                }
                """);
        String bin = System.getProperty("java.home") + "/bin/";
        Checkout.prepare(folder, bin + "javac", "-d", "classes", source.toString());
        Checkout.prepare(folder, bin + "jar", "--create", "--file", "main.jar", "-C", "classes", ".");

        checkout.write("pom.xml", "<project/>");
        checkout.write("cli/src/main/java/Main.java", "");
        checkout.write("cli/src/main/java/Other.java", "");
        checkout.write("cli/src/test/java/MainTest.java", "");
        checkout.write("docs/index.md", "");
        builds = folder.resolve("builds");
        mavenRuns("""
                echo "$@" >>'%1$s/builds'
                echo '[INFO] Building llama-ffm: something 1.0'
                mkdir -p '%2$s/cli/target/llama-ffm/lib'
                cp '%1$s/main.jar' '%2$s/cli/target/llama-ffm/lib'
                """.formatted(folder, checkout.root));
    }

    private void mavenRuns(String script) throws IOException {
        maven = Files.createDirectories(folder.resolve("maven")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout.environment.put("PATH", maven.getParent() + ":" + System.getenv("PATH"));
    }

    private long countBuilds() throws IOException {
        return Files.readAllLines(builds).size();
    }

    @Test
    void buildsThenPassesArgumentsAndExitCode() throws IOException {
        Run run = checkout.run(LAUNCHER, "complete", "--max-tokens", "3", "--", " a  b ", "", "*");

        assertThat(run.out()).isEqualTo("complete|--max-tokens|3|--| a  b ||*\n");
        assertThat(run.status()).isEqualTo(7);
        assertThat(run.err()).contains("building llama-ffm: ", "Building llama-ffm: something 1.0");
        assertThat(builds).content().contains("-pl cli -am package");
    }

    @Test
    void passesEveryLetterInTheCLocale() throws IOException {
        checkout.write("call", "#!/bin/sh\nexec ./llama-ffm 'größer 大 🙂'\n");
        Files.setPosixFilePermissions(checkout.root.resolve("call"), PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout.environment.put("LC_ALL", "C");

        assertThat(checkout.run("call").out()).isEqualTo("größer 大 🙂\n");
    }

    @Test
    void buildsAgainOnlyWhenASourceChanged() throws IOException {
        checkout.run(LAUNCHER);
        Run warm = checkout.run(LAUNCHER);
        assertThat(warm.err()).isEmpty();
        assertThat(countBuilds()).isEqualTo(1);

        checkout.write("docs/index.md", "new");
        checkout.write("cli/src/test/java/MainTest.java", "new");
        checkout.run(LAUNCHER);
        assertThat(countBuilds()).as("neither documentation nor tests").isEqualTo(1);

        checkout.write("cli/src/main/java/Main.java", "new");
        checkout.run(LAUNCHER);
        assertThat(countBuilds()).as("a changed source").isEqualTo(2);

        Files.delete(checkout.root.resolve("cli/src/main/java/Other.java"));
        checkout.run(LAUNCHER);
        assertThat(countBuilds()).as("a deleted source").isEqualTo(3);
        checkout.run(LAUNCHER);
        assertThat(countBuilds()).isEqualTo(3);
    }

    @Test
    void saysWhyTheBuildFailed() throws IOException {
        mavenRuns("echo '[ERROR] no such luck'\nexit 1\n");

        Run run = checkout.run(LAUNCHER, "devices");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("error: the build failed. From ", "[ERROR] no such luck");
    }

    @Test
    void namesWhatToInstall() throws IOException {
        checkout.onlyPrograms();

        assertThat(checkout.run(LAUNCHER).err()).contains("error: Maven 3.8.7 or newer is needed", "apt-get install maven");
    }

    /** The script is replaced by the JVM, so signals reach it. */
    @Test
    void isEndedByASignal() throws Exception {
        checkout.run(LAUNCHER);
        Process process = checkout.start(folder.resolve("err"), LAUNCHER, "wait");
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("wait");
            process.destroy();
            assertThat(process.waitFor()).isEqualTo(128 + 15);
        }
    }
}

package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MissingJarTest {

    private static String text(String platform, boolean translated, String... present) {
        return MissingJar.of(new Platform(platform), List.of(present), translated).text();
    }

    @Test
    void namesTheDependencyForEachBuildTool() {
        assertThat(text("linux-aarch_64", false))
                .startsWith("no native jar for linux-aarch_64 on the class path or the module path. Add to a Maven build: <dependency>")
                .contains("<artifactId>llama-ffm-native-cpu</artifactId>", "<classifier>linux-aarch_64</classifier>")
                .contains("runtimeOnly(\"io.github.llamaffm:llama-ffm-native-cpu:", ":linux-aarch_64\")")
                .contains("--bind-services");
    }

    @Test
    void namesThePlatformsThatAreThere() {
        assertThat(text("linux-x86_64", false, "osx-aarch_64", "linux-aarch_64"))
                .contains("only for osx-aarch_64, linux-aarch_64. Add ", "the processor that the jar for linux-aarch_64 is for")
                .doesNotContain("the jar for osx");
    }

    @Test
    void muslIsAPlatformOfItsOwn() {
        assertThat(text("linux-x86_64-musl", false, "linux-x86_64"))
                .contains("musl C library", "<classifier>linux-x86_64-musl</classifier>")
                .doesNotContain("the processor");
    }

    @Test
    void aJavaForIntelOnAppleSiliconIsToBeReplaced() {
        assertThat(text("osx-x86_64", true, "osx-aarch_64")).contains("Rosetta", "JDK 25 for aarch64", ">osx-aarch_64<");
        assertThat(text("osx-x86_64", false, "osx-aarch_64")).contains(">osx-x86_64<").doesNotContain("Rosetta");
    }

    @Test
    void whereThereIsNoJarItCannotBeAdded() {
        assertThat(text("freebsd-x86_64", false)).contains("windows-aarch_64", "docs/build.md").doesNotContain("<dependency>");
        assertThat(text("windows-x86_32", false)).contains("JDK 25 for 64 bits").doesNotContain("<dependency>");
    }
}

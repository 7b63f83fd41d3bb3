package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** {@code docs/platforms.md}, which {@code ci/natives --test} writes, is about what is checked out. */
class PlatformsPageTest {

    @Test
    void isOfThisLlamaCppAndTheseBindings() throws IOException {
        String page = Files.readString(Checkout.REPOSITORY.resolve("docs/platforms.md"));
        String release = property("third_party/llama.cpp/pin.properties", "release");
        String abi = property("bindings/bindings.lock", "abi.id");

        assertThat(page)
                .as("ci/natives --test writes it anew")
                .contains("llama.cpp " + release + ", ABI id " + abi + ".");
    }

    private static String property(String file, String key) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(Checkout.REPOSITORY.resolve(Path.of(file)))) {
            properties.load(reader);
        }
        return properties.getProperty(key);
    }
}

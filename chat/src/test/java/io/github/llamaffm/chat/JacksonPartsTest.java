package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

class JacksonPartsTest {

    @Test
    void aProjectWithoutTheRightAnnotationsHearsWhatItNeeds() throws IOException {
        try (URLClassLoader missing = classPath(Json.class, JsonNode.class, JsonParser.class);
                URLClassLoader whole = classPath(Json.class, JsonNode.class, JsonParser.class, JsonFormat.class)) {
            assertThatExceptionOfType(LinkageError.class).isThrownBy(() -> Class.forName(Json.class.getName(), true, missing))
                    .withMessageContaining("com.fasterxml.jackson.core:jackson-annotations is missing or too old").withMessageContaining("2.21");
            assertThatCode(() -> Class.forName(Json.class.getName(), true, whole)).doesNotThrowAnyException();
        }
    }

    private static URLClassLoader classPath(Class<?>... classes) {
        URL[] places = Arrays.stream(classes).map(c -> c.getProtectionDomain().getCodeSource().getLocation()).toArray(URL[]::new);
        return new URLClassLoader(places, ClassLoader.getPlatformClassLoader());
    }
}

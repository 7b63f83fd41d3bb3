package io.github.llamaffm.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.Flight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The page and the settings of events name those that there are, with what is in them. */
class EventsPageTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final List<String> EVENTS = Flight.ALL;

    /** Of every event: when, how long, which thread. */
    private static final Set<String> OF_ALL = Set.of("startTime", "duration", "eventThread", "stackTrace");

    /** The only texts. What a user or a model says is in none of them. */
    private static final Set<String> TEXTS = Set.of("model", "architecture", "work", "reason");

    private static EventType type(String name) throws ClassNotFoundException {
        return EventType.getEventType(
                Class.forName("io.github.llamaffm.internal.events." + name + "Event").asSubclass(Event.class));
    }

    private static List<ValueDescriptor> fields(EventType type) {
        return type.getFields().stream().filter(field -> !OF_ALL.contains(field.getName())).toList();
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void isDescribedAndOff(String name) throws Exception {
        EventType type = type(name);
        assertThat(type.getName()).isEqualTo("io.github.llamaffm." + name);
        assertThat(type.getLabel()).isEqualTo(name.replaceAll("(?<=[a-z])(?=[A-Z])", " "));
        assertThat(type.getCategoryNames()).containsExactly("llama-ffm");
        assertThat(type.getDescription()).isNotBlank();
        assertThat(type.getSettingDescriptors().stream()
                .collect(Collectors.toMap(SettingDescriptor::getName, SettingDescriptor::getDefaultValue)))
                .containsEntry("enabled", "false").containsEntry("stackTrace", "false");
        assertThat(fields(type)).isNotEmpty().allSatisfy(field -> {
            assertThat(field.getLabel()).isNotBlank();
            assertThat(field.getDescription()).isNotBlank();
            assertThat(field.getTypeName()).isIn("boolean", "int", "long", "java.lang.String");
            assertThat(field.getTypeName().equals("java.lang.String")).isEqualTo(TEXTS.contains(field.getName()));
        });
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void isOnThePage(String name) throws Exception {
        EventType type = type(name);
        String section = "### %s\n\n%s.\n\n| Field | What |\n|---|---|\n%s\n".formatted(name, type.getDescription(), fields(type).stream()
                .map(field -> "| `%s` | %s |\n".formatted(field.getName(), field.getDescription()))
                .collect(Collectors.joining()));

        assertThat(Files.readString(DOCS.resolve("events.md"))).contains(section);
    }

    @Test
    void theSettingsSwitchOnAllOfThem() throws Exception {
        Map<String, String> all = new TreeMap<>();
        EVENTS.forEach(name -> all.put("io.github.llamaffm." + name + "#enabled", "true"));

        assertThat(Configuration.create(DOCS.resolve("llama-ffm.jfc")).getSettings()).isEqualTo(all);
    }
}

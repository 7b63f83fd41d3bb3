package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.TemplateMisuse.huge;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import java.util.List;

/** Templates whose parts are inside each other, or one behind the other. */
final class NestedTemplateMisuse implements MisuseGroup {

    private static final int MANY = 10_000;

    @Override
    public String title() {
        return "Templates that nest";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                huge("%,d conditions inside each other".formatted(10 * MANY), "{% if 1 %}".repeat(10 * MANY) + "{% endif %}".repeat(10 * MANY)),
                huge("%,d times `not`".formatted(MANY), "{{ " + "not ".repeat(MANY) + "1 }}"),
                huge("%,d times `-`".formatted(MANY), "{{ " + "-".repeat(MANY) + "1 }}"),
                huge("%,d times `+ 1`".formatted(MANY), "{{ 1" + " + 1".repeat(MANY) + " }}"),
                huge("%,d filters".formatted(MANY), "{{ 'a'" + " | upper".repeat(MANY) + " }}"),
                huge("%,d members".formatted(MANY), "{{ messages" + ".a".repeat(MANY) + " }}"),
                huge("%,d times `if` and `else`".formatted(MANY), "{{ " + "1 if 0 else ".repeat(MANY) + "1 }}"),
                huge("%,d `elif`".formatted(MANY), "{% if 0 %}" + "{% elif 0 %}".repeat(MANY) + "{% endif %}"),
                huge("%,d times `and`".formatted(MANY), "{{ 1" + " and 1".repeat(MANY) + " }}"));
    }
}

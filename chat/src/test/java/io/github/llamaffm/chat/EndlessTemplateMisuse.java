package io.github.llamaffm.chat;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import java.util.List;

/** Templates that call themselves, never end, or make more than a machine can hold. */
final class EndlessTemplateMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Templates without end";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                crashing("A macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
                crashing("Two macros that call each other",
                        "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}"),
                crashing("A list that holds itself", "{% set x = [] %}{% set _ = x.append(x) %}{{ x }}"),
                crashing("A list that holds itself, as text", "{% set x = [] %}{% set _ = x.append(x) %}{{ x ~ '' }}"),
                crashing("A namespace that holds itself, as JSON", "{% set x = namespace() %}{% set x.a = x %}{{ x | tojson }}"),
                crashing("A list that is put into a list, a million times",
                        "{% set x = namespace(a=[]) %}{% for i in range(1000) %}{% for j in range(1000) %}"
                                + "{% set x.a = [x.a] %}{% endfor %}{% endfor %}a"),
                endless("A loop in a loop in a loop, a thousand times each",
                        "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}{% endfor %}"),
                endless("`range(10 ** 12)`", "{% for i in range(1000000000000) %}{% endfor %}"),
                endless("`'a' * 10 ** 12`", "{{ 'a' * 1000000000000 }}"),
                endless("`'a' * 10 ** 12`, never shown", "{% set x = 'a' * 1000000000000 %}b"),
                endless("A text that doubles 100 times",
                        "{% set x = namespace(a='abcdefgh') %}{% for i in range(100) %}{% set x.a = x.a ~ x.a %}{% endfor %}{{ x.a }}"),
                endless("A text whose letters are replaced by all of it, 10 times",
                        "{% set x = namespace(a='aaaaaaaa') %}{% for i in range(10) %}"
                                + "{% set x.a = x.a | replace('a', x.a) %}{% endfor %}{{ x.a }}"),
                endless("JSON with an indent of 1,000,000,000", "{{ messages | tojson(indent=1000000000) }}"),
                endless("A text with an indent of 1,000,000,000", "{{ 'a\nb' | indent(1000000000) }}"),
                endless("A list of a million texts, joined by one as long",
                        "{% set a = 'a' * 100000 %}{{ range(100000) | join(a) }}"));
    }

    private static MisuseRow crashing(String what, String source) {
        return row(what, "SIGSEGV", source);
    }

    private static MisuseRow endless(String what, String source) {
        return row(what, "takes all memory, or does not end", source);
    }

    /** From little stack. */
    private static MisuseRow row(String what, String alone, String source) {
        return refused(what, alone, TemplateException.class, scene -> OnThread.small(() -> TemplateMisuse.render(scene, source)));
    }
}

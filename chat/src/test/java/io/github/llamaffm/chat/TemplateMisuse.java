package io.github.llamaffm.chat;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import java.util.List;
import java.util.Optional;

/** Templates that are none, or hold what is not there. They come with the files of models, too. */
final class TemplateMisuse implements MisuseGroup {

    private static final int MANY = 100_000;

    @Override
    public String title() {
        return "Templates";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                unread("`{{ messages`", "{{ messages"),
                unread("`{% if x`", "{% if x"),
                unread("`{% if x %}` without its end", "{% if x %}a"),
                unread("`{% endif %}` without its start", "{% endif %}"),
                unread("`{% for %}`", "{% for %}{% endfor %}"),
                unread("`{% frobnicate %}`", "{% frobnicate %}"),
                unread("`{% include 'file' %}`", "{% include '/etc/passwd' %}"),
                unread("`{% import 'file' as f %}`", "{% import '/etc/passwd' as f %}"),
                unread("`{% extends 'file' %}`", "{% extends '/etc/passwd' %}"),
                unread("A text without its end", "{{ 'abc }}"),
                unread("A comment without its end", "{# abc"),
                refused("Half a character", "exception", IllegalArgumentException.class, scene -> render(scene, "\uD800{{ messages }}")),
                unread("U+0000", "a\0{{ messages }}"),
                unread("A template of nothing", ""),
                rendered("A noncharacter", "\uFDD0{{ messages[0].content }}\uFDD1", "\uFDD0Hello\uFDD1"),
                huge("A message that is not there", "{{ messages[1000000000].content }}{{ messages[-9].content }}"),
                huge("`{{ messages.a.b.c }}`", "{{ messages.a.b.c }}"),
                huge("`{{ nothing() }}`", "{{ nothing() }}"),
                huge("`{{ 'a' | nothing }}`", "{{ 'a' | nothing }}"),
                huge("`{{ 1 / 0 }}`, `{{ 1 % 0 }}` and a list", "{{ 1 / 0 }}{{ 1 % 0 }}{{ [] + 1 }}"),
                huge("`{{ range(1, 2, 0) }}`", "{{ range(1, 2, 0) }}"),
                huge("`{{ 9223372036854775807 + 1 }}` of a list", "{{ [1][9223372036854775807 + 1].a.b }}"),
                huge("`{{ [1, 2][::0] }}`", "{{ [1, 2][::0] }}"),
                huge("`{{ raise_exception('no') }}`", "{{ raise_exception('no') }}"),
                huge("1 MiB of `a`", "a".repeat(1 << 20)),
                huge("1 MiB of `漢`", "漢".repeat((1 << 20) / 3)),
                huge("1 MiB of spaces", " ".repeat(1 << 20)),
                huge("1 MiB of `(` as text", "(".repeat(1 << 20)),
                huge("%,d parentheses inside each other".formatted(MANY), "{{ " + "(".repeat(MANY) + "1" + ")".repeat(MANY) + " }}"),
                huge("%,d lists inside each other".formatted(MANY), "{{ " + "[".repeat(MANY) + "]".repeat(MANY) + " }}"));
    }

    private static MisuseRow unread(String what, String source) {
        return refused(what, "exception", TemplateException.class, scene -> render(scene, source));
    }

    private static MisuseRow rendered(String what, String source, String prompt) {
        return works(what, "not tried", scene -> {
            assertThat(render(scene, source)).isEqualTo(prompt);
            return "a prompt of " + prompt.length() + " characters";
        });
    }

    /** From little stack: a prompt, or an exception. */
    static MisuseRow huge(String what, String source) {
        return works(what, "not tried", scene -> OnThread.small(() -> {
            try {
                return "a prompt of " + render(scene, source).length() + " characters";
            } catch (TemplateException e) {
                return "`TemplateException`: " + e.getMessage();
            }
        }));
    }

    static String render(Scene scene, String source) {
        try (PromptTemplate template = PromptTemplate.open(scene.llama(), Optional.of(source))) {
            return template.render(List.of(Message.user("Hello")), AskOptions.defaults().values()).prompt().text();
        }
    }
}

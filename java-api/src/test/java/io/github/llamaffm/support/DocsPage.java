package io.github.llamaffm.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of {@code docs/} that a test writes: what it says is what a run found. */
public final class DocsPage {

    /** Tests write their pages where this is true, and compare them where it is not. */
    private static final String UPDATE = "llamaffm.update.docs";

    private DocsPage() {
    }

    /**
     * For a page that every run finds the same.
     *
     * @param name below {@code docs/}
     * @throws AssertionError if the page is another, and is not to be written
     */
    public static void compareOrUpdate(String name, String text) {
        Path page = page(name);
        try {
            if (Boolean.getBoolean(UPDATE)) {
                update(name, text);
            } else if (!Files.exists(page) || !Files.readString(page).equals(text)) {
                throw new AssertionError("docs/" + name + " is not what this run found; -D" + UPDATE + "=true writes it. Found:\n" + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a page with figures, which differ from run to run: only the long runs of {@code ci/soak} write it. */
    public static void update(String name, String text) {
        try {
            Files.createDirectories(page(name).getParent());
            Files.writeString(page(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path page(String name) {
        return Path.of("..", "docs", name);
    }
}

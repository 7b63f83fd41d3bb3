package io.github.llamaffm.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Standard input, as UTF-8 whatever the locale says. */
final class Input {

    private Input() {}

    /** @return what throws {@link CharacterCodingException} where it is not UTF-8 */
    static Reader reader() {
        InputStream in = new FileInputStream(FileDescriptor.in);
        return new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
    }

    /** All of it, without the line break that ends it. */
    static String prompt() throws IOException {
        StringWriter text = new StringWriter();
        try (Reader in = reader()) {
            in.transferTo(text);
        } catch (CharacterCodingException e) {
            throw notUtf8();
        }
        return text.toString().replaceFirst("\\R\\z", "");
    }

    static CommandException notUtf8() {
        return new CommandException("standard input is not UTF-8");
    }
}

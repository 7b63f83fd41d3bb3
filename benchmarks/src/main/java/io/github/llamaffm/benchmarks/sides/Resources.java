package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** What is made before anything runs: texts, and the drivers that are not Java. */
record Resources(Path work) {

    /** Of which texts are made. */
    private static final List<String> WORDS = List.of(("The river begins in the mountains, where snow lies until summer. It runs through a"
            + " narrow valley, past the old mill and the bridge, and then it comes to town; there are two schools, a market, 17 shops and a"
            + " library with more than 10,000 books - but only one computer!").split(" "));

    /** So many words, the same ones every time. */
    Path words(int number) {
        Random random = new Random(number);
        return text(number + "-words.txt", random.ints(number, 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" ")));
    }

    /** What every text is generated behind. */
    Path prompt() {
        return words(50);
    }

    /** So many bytes of words. */
    Path bytes(int number) {
        Random random = new Random(number);
        StringBuilder text = new StringBuilder(number + 16);
        while (text.length() < number) {
            text.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(20) == 0 ? '\n' : ' ');
        }
        text.setLength(number);
        return text(number + "-bytes.txt", text.toString());
    }

    /** The C driver, on the libraries of a folder. */
    Driver timings(String name, Path libraries, Path sources) {
        Path program = work.resolve("timings-" + name);
        List<String> line = new ArrayList<>(List.of(Optional.ofNullable(System.getenv("CC")).orElse("cc"), "-O2",
                "-DLIBRARIES=\"" + libraries + "\"", "-I", sources.resolve("include").toString(),
                "-I", sources.resolve("ggml/include").toString(), copy("timings.c").toString(), "-o", program.toString()));
        line.addAll(List.of("-L", libraries.toString(), "-lllama", "-lggml", "-lggml-base", "-lm", "-Wl,-rpath," + libraries));
        Child.run(line);
        return new Driver(List.of(program.toString()));
    }

    /** A file beside this class. */
    Path copy(String name) {
        Path file = work.resolve(name);
        try (InputStream in = Resources.class.getResourceAsStream(name)) {
            Files.write(file, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path text(String name, String text) {
        try {
            return Files.writeString(work.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

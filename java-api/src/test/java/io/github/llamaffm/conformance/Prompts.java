package io.github.llamaffm.conformance;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prompts of many scripts, shapes and lengths. */
enum Prompts {
    ENGLISH("The capital of France is"),
    STORY("Once upon a time, in a village at the edge of the forest,"),
    QUESTION("Q: Why is the sky blue?\nA:"),
    CHINESE("中国的首都是"),
    CHINESE_LONG("人工智能正在改变我们的生活方式。首先,"),
    JAPANESE("日本で一番高い山は富士山で、"),
    ARABIC("عاصمة مصر هي القاهرة، وهي"),
    HINDI("भारत की राजधानी नई दिल्ली है और"),
    RUSSIAN("Столица России — Москва, а"),
    GERMAN("Größere Äpfel übertreffen süße Öle; das heißt"),
    COMBINING("Cafe\u0301 nai\u0308ve Z\u0335a\u0336l\u0337g\u0338o"),
    EMOJI("🙂🚀 I ❤️ coding 👩‍💻👨‍👩‍👧‍👦 and 🏳️‍🌈"),
    JAVA("public static int fibonacci(int n) {\n    if (n < 2) {\n"),
    PYTHON("def quicksort(xs):\n\t\"\"\"Sort a list.\"\"\"\n\tif len(xs) <= 1:\n\t\treturn xs\n"),
    JSON("{\"name\": \"Ada\", \"born\": 1815, \"languages\": ["),
    HTML("<!DOCTYPE html>\r\n<html lang=\"en\">\r\n<head>\r\n"),
    DIGITS("3.14159265358979323846264338327950288419716939937510"),
    ARITHMETIC("12 + 30 = 42\n17 + 25 = 42\n100 + 1 ="),
    NEWLINES("\n\n\n\n"),
    SPACES("        "),
    ONE_LETTER("a"),
    MIXED("Total: 1,234.50 € — 合計 مجموع итого 🧮\t(see §4.2)\n"),
    CONTROL("null\u0000inside, bell\u0007 and escape\u001b[0m"),
    TEMPLATE("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"),
    EMPTY(""),
    // Longer than one ubatch of 512 tokens.
    LONG(numberedSentences(40)),
    VERY_LONG(numberedSentences(75));

    private final String text;

    Prompts(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    private static String numberedSentences(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> "Sentence " + n + " says that " + n + " times " + n + " is " + n * n + ".")
                .collect(Collectors.joining(" "));
    }
}

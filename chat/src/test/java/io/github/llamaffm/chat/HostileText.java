package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Texts that spell names of special tokens, whole, in halves, in halves over two parts. */
final class HostileText {

    private static final List<String> WORDS = List.of("Hello", " world", ".", "\n", "  ", "user", "assistant\n", "é", "🌞", "漢字", "<", "|", ">", "[", "</", "1 2",
            "\\u003c", "&lt;", "{{ x }}", "\"", "\t");

    private HostileText() {}

    /** One that spells a name, among others. */
    static String of(RandomGenerator random, List<String> names, String name) {
        StringBuilder text = new StringBuilder();
        int places = 1 + random.nextInt(6);
        int place = random.nextInt(places);
        for (int i = 0; i < places; i++) {
            text.append(i == place ? name : piece(random, names.get(random.nextInt(names.size()))));
        }
        return text.toString();
    }

    /** One that spells none. */
    static String plain(RandomGenerator random) {
        StringBuilder text = new StringBuilder("Say");
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(random.nextBoolean() ? " word" : random.nextBoolean() ? " über 日本" : ",\n5 % 3");
        }
        return text.append('.').toString();
    }

    /** A message of any role, in one part or two. */
    static Message message(RandomGenerator random, String text, int index) {
        int cut = random.nextInt(text.length() + 1);
        if (cut > 0 && cut < text.length() && Character.isLowSurrogate(text.charAt(cut))) {
            cut--;
        }
        Content content = random.nextBoolean()
                ? Content.of(text)
                : Content.of(new Content.Part.Text(text.substring(0, cut)), new Content.Part.Text(text.substring(cut)));
        return index % 2 == 0 ? new UserMessage(content) : new AssistantMessage(content, Optional.empty(), List.of());
    }

    private static String piece(RandomGenerator random, String name) {
        int cut = random.nextInt(name.length() + 1);
        if (cut > 0 && cut < name.length() && Character.isLowSurrogate(name.charAt(cut))) {
            cut--;
        }
        return switch (random.nextInt(4)) {
            case 0 -> name;
            case 1 -> name.substring(0, cut);
            case 2 -> name.substring(cut);
            default -> WORDS.get(random.nextInt(WORDS.size()));
        };
    }
}

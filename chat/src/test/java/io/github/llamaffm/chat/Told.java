package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** An answer that was read in pieces, and what its events say when they are put together. */
final class Told {

    final StringBuilder reasoning = new StringBuilder();
    final StringBuilder content = new StringBuilder();
    final List<StringBuilder> names = new ArrayList<>();
    final List<StringBuilder> arguments = new ArrayList<>();
    final List<ToolCall> calls = new ArrayList<>();
    final List<ChatEvent> events = new ArrayList<>();
    private AssistantMessage message;

    private Told() {}

    static Told of(AnswerReader reader, Iterable<String> pieces, boolean cut) {
        Told told = new Told();
        pieces.forEach(piece -> told.add(reader.accept(piece)));
        AnswerReader.End end = reader.finish(cut);
        told.add(end.events());
        told.message = end.message();
        return told;
    }

    /** What a reply told, and its message. */
    static Told of(List<ChatEvent> events, AssistantMessage message) {
        Told told = new Told();
        told.add(events.stream().filter(event -> !(event instanceof ChatEvent.Progress || event instanceof ChatEvent.Usage || event instanceof ChatEvent.Finish)).toList());
        told.message = message;
        return told;
    }

    /** What was returned at the end. */
    AssistantMessage message() {
        return message;
    }

    /** What the events say. */
    AssistantMessage fromEvents() {
        return new AssistantMessage(Content.of(content.toString()), reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString()), calls);
    }

    /** A text in pieces of random lengths from 1 on; characters stay whole. */
    static List<String> pieces(String text, RandomGenerator random, int longest) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(longest));
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private void add(List<ChatEvent> more) {
        for (ChatEvent event : more) {
            events.add(event);
            switch (event) {
                case ChatEvent.Text(String text) -> content.append(text);
                case ChatEvent.Reasoning(String text) -> reasoning.append(text);
                case ChatEvent.ToolCallDelta(int index, String name, String delta) -> {
                    while (names.size() <= index) {
                        names.add(new StringBuilder());
                        arguments.add(new StringBuilder());
                    }
                    names.get(index).append(name);
                    arguments.get(index).append(delta);
                }
                case ChatEvent.ToolCalled(int index, ToolCall call) -> {
                    if (index != calls.size()) {
                        throw new AssertionError("call " + index + " is complete before " + calls.size());
                    }
                    calls.add(call);
                }
                default -> throw new AssertionError("not of a reader: " + event);
            }
        }
    }
}

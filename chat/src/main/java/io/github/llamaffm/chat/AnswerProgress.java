package io.github.llamaffm.chat;

import io.github.llamaffm.internal.chat.ChatCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What was told of an answer, and what is new. What was told once stays: where upstream's parser takes text back, nothing is told
 * until it has that text again.
 */
final class AnswerProgress {

    private final Supplier<String> ids;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final List<Call> calls = new ArrayList<>();

    /** Where the end of the answer's text goes as it is. */
    private Copy copy = Copy.NONE;

    AnswerProgress(Supplier<String> ids) {
        this.ids = ids;
    }

    private enum Copy { NONE, REASONING, CONTENT }

    private static final class Call {
        private final StringBuilder arguments = new StringBuilder();
        private String name = "";
        private Optional<ToolCall> whole = Optional.empty();
    }

    /** Whether text that means nothing to the parser is more of what came last. */
    boolean copies() {
        return copy != Copy.NONE;
    }

    /** More text of the same kind. */
    List<ChatEvent> more(String text) {
        (copy == Copy.REASONING ? reasoning : content).append(text);
        return text.isEmpty() ? List.of() : List.of(copy == Copy.REASONING ? new ChatEvent.Reasoning(text) : new ChatEvent.Text(text));
    }

    /** What a longer answer has that was not told. */
    List<ChatEvent> update(ParsedAnswer now, CharSequence text, boolean last) {
        List<ChatEvent> events = new ArrayList<>();
        String thought = growth(reasoning, now.reasoning());
        if (!thought.isEmpty()) {
            events.add(new ChatEvent.Reasoning(thought));
        }
        String said = growth(content, now.content());
        if (!said.isEmpty()) {
            events.add(new ChatEvent.Text(said));
        }
        for (int index = 0; index < now.calls().size(); index++) {
            update(index, now.calls().get(index), index < now.calls().size() - 1 || last, events);
        }
        copy = events.size() == 1 ? copy(events.getFirst(), text) : Copy.NONE;
        return events;
    }

    /**
     * The message.
     *
     * @throws ChatCallException if it is not what was told, or a call is not complete although nothing cut it off
     */
    AssistantMessage finish(ParsedAnswer all, boolean cut) {
        if (cut) {
            // Where it ends, upstream's parser may make something else of all that came before: what was told stays.
            return message(reasoning.toString(), content.toString(), calls.stream().flatMap(call -> call.whole.stream()).toList());
        }
        same("thoughts", reasoning, all.reasoning());
        same("text", content, all.content());
        if (calls.size() > all.calls().size()) {
            throw new ChatCallException("it had %d calls of tools, then %d".formatted(calls.size(), all.calls().size()));
        }
        List<ToolCall> whole = new ArrayList<>();
        for (int index = 0; index < all.calls().size(); index++) {
            ParsedAnswer.Call call = all.calls().get(index);
            if (!call.isComplete()) {
                throw new ChatCallException("call %d of a tool is not complete, or its arguments are no JSON object".formatted(index));
            }
            whole.add(finish(index, call));
        }
        return message(all.reasoning(), all.content(), whole);
    }

    private static AssistantMessage message(String reasoning, String content, List<ToolCall> calls) {
        return new AssistantMessage(Content.of(content), reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning), calls);
    }

    private void update(int index, ParsedAnswer.Call now, boolean ended, List<ChatEvent> events) {
        Call call = call(index);
        boolean told = !call.name.isEmpty();
        // The name may still grow until something comes behind it.
        if (!told && (now.name().isEmpty() || now.arguments().isEmpty() && !(ended && now.isComplete()))) {
            return;
        }
        String arguments = growth(call.arguments, ended && now.isComplete() ? now.allArguments() : now.arguments());
        if (!told || !arguments.isEmpty()) {
            call.name = told ? call.name : now.name();
            events.add(new ChatEvent.ToolCallDelta(index, told ? "" : now.name(), arguments));
        }
        if (ended && call.whole.isEmpty() && now.isComplete()) {
            call.whole = Optional.of(new ToolCall(now.id().isEmpty() ? ids.get() : now.id(), now.name(), now.allArguments()));
            events.add(new ChatEvent.ToolCalled(index, call.whole.get()));
        }
    }

    private ToolCall finish(int index, ParsedAnswer.Call call) {
        Call told = call(index);
        same("a tool's name", told.name, call.name());
        same("arguments", told.arguments, call.allArguments());
        ToolCall whole = told.whole.orElseThrow();
        same("arguments", whole.arguments(), call.allArguments());
        if (!call.id().isEmpty()) {
            same("the id of a call", whole.id(), call.id());
        }
        return whole;
    }

    private Call call(int index) {
        while (calls.size() <= index) {
            calls.add(new Call());
        }
        return calls.get(index);
    }

    private Copy copy(ChatEvent event, CharSequence text) {
        return switch (event) {
            case ChatEvent.Reasoning(String more) when endsWith(text, more) -> Copy.REASONING;
            case ChatEvent.Text(String more) when endsWith(text, more) -> Copy.CONTENT;
            default -> Copy.NONE;
        };
    }

    private static boolean endsWith(CharSequence text, String end) {
        int start = text.length() - end.length();
        return start >= 0 && end.contentEquals(text.subSequence(start, text.length()));
    }

    /** Adds what is new to what was told. */
    private static String growth(StringBuilder told, String now) {
        if (now.length() <= told.length() || !now.startsWith(told.toString())) {
            return "";
        }
        String more = now.substring(told.length());
        told.append(more);
        return more;
    }

    private static void same(String what, CharSequence told, String all) {
        if (!all.contentEquals(told)) {
            throw new ChatCallException("its end changes %s that were read before (%d characters, then %d)".formatted(what, told.length(), all.length()));
        }
    }
}

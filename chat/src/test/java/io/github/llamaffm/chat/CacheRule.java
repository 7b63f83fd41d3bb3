package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.commonPrefix;
import static io.github.llamaffm.chat.Asked.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What has to be cached and evaluated of several conversations of one model, worked out from tokens alone: {@link Rule} for chats that
 * branch. A prompt goes on in the place of the one that has most of it, if no more than that one's last answer is lost, else beside it.
 * For tests that have fewer conversations than a model keeps.
 */
final class CacheRule {

    private final Model model;
    private final ChatModel chatModel;
    private final Optional<String> source;

    /** Whether memories go back to any place. */
    private final boolean goesBack;

    private final List<Branch> branches = new ArrayList<>();
    private String text = "";
    private int[] prompt = {};
    private Match from = new Match(Optional.empty(), new int[0], List.of(), 0, false);
    private CacheCounters counters;

    /** The text until the end of an answer, and its tokens. */
    private record Known(String text, int[] tokens) {}

    /**
     * @param turnStart tokens before the model's last turn
     * @param checkpoints tokens that the memory can go back to
     */
    private record Branch(int[] evaluated, List<Known> known, int turnStart, List<Integer> checkpoints) {}

    private record Match(Optional<Branch> branch, int[] prompt, List<Known> known, int reach, boolean restored) {

        boolean inPlace() {
            return branch.filter(base -> reach >= Math.min(base.turnStart(), base.evaluated().length)).isPresent();
        }
    }

    CacheRule(ChatModel chatModel, Optional<String> source, boolean goesBack) {
        this.model = chatModel.model();
        this.chatModel = chatModel;
        this.source = source;
        this.goesBack = goesBack;
        this.counters = chatModel.cacheCounters();
    }

    /** The messages are asked: what follows is compared with this. */
    CacheRule asks(List<Message> messages) {
        RenderedPrompt rendered = render(messages);
        text = rendered.prompt().text();
        from = branches.reversed().stream()
                .map(branch -> match(branch, rendered))
                .filter(match -> match.reach() > 0)
                .sorted(Comparator.comparingInt(match -> match.branch().orElseThrow().evaluated().length))
                .reduce((best, other) -> other.reach() > best.reach() ? other : best)
                .orElseGet(() -> new Match(Optional.empty(), rendered.tokens(), List.of(), 0, false));
        prompt = from.prompt();
        return this;
    }

    private Match match(Branch branch, RenderedPrompt rendered) {
        List<Known> repeated = branch.known().stream().filter(answer -> text.startsWith(answer.text())).toList();
        int[] tokens = repeated.isEmpty()
                ? rendered.tokens()
                : concat(repeated.getLast().tokens(), model.tokenizer().encode(text.substring(repeated.getLast().text().length()), false, true));
        int common = Math.min(commonPrefix(branch.evaluated(), tokens), tokens.length - 1);
        if (goesBack || common == branch.evaluated().length) {
            return new Match(Optional.of(branch), tokens, repeated, common, false);
        }
        int reach = branch.checkpoints().stream().mapToInt(Integer::intValue).filter(length -> length <= common).max().orElse(0);
        return new Match(Optional.of(branch), tokens, repeated, reach, reach > 0);
    }

    /** Compares an answer and the counters with what they have to be. */
    Answer check(Answer answer) {
        CacheCounters before = counters;
        counters = chatModel.cacheCounters();
        int cached = from.reach();
        assertThat(answer.usage().cachedTokens()).isEqualTo(cached);
        assertThat(answer.usage().promptTokens()).isEqualTo(prompt.length);
        assertThat(counters.requests() - before.requests()).isEqualTo(1);
        assertThat(counters.promptTokens() - before.promptTokens()).isEqualTo(prompt.length);
        assertThat(counters.reusedTokens() - before.reusedTokens()).isEqualTo(cached);
        assertThat(counters.evaluatedTokens() - before.evaluatedTokens()).isEqualTo(prompt.length - cached);
        assertThat(counters.checkpointsRestored() - before.checkpointsRestored()).isEqualTo(from.restored() ? 1 : 0);
        answered(answer);
        return answer;
    }

    private void answered(Answer answer) {
        int[] ids = Asked.ids(answer);
        int[] evaluated = concat(prompt, Arrays.copyOf(ids, ids.length - 1));
        List<Known> known = new ArrayList<>(from.known());
        known.add(new Known(text + answer.text(), answer.reason() == StopReason.END ? evaluated : concat(prompt, ids)));
        List<Integer> checkpoints = new ArrayList<>();
        if (from.inPlace()) {
            from.branch().orElseThrow().checkpoints().stream().filter(length -> length <= from.reach()).forEach(checkpoints::add);
            branches.remove(from.branch().orElseThrow());
        }
        int turnStart = turnStart();
        if (from.reach() < turnStart) {
            checkpoints.add(turnStart);
        }
        branches.add(new Branch(evaluated, known, turnStart, checkpoints.subList(Math.max(0, checkpoints.size() - 2), checkpoints.size())));
    }

    Model model() {
        return model;
    }

    /** Tokens of the prompt that is asked with. */
    int[] prompt() {
        return prompt;
    }

    int cached() {
        return from.reach();
    }


    /** Another model has restored what this one cached last, without checkpoints. */
    CacheRule in(ChatModel other) {
        CacheRule rule = new CacheRule(other, source, goesBack);
        Branch last = branches.getLast();
        rule.branches.add(new Branch(last.evaluated(), last.known(), last.turnStart(), List.of()));
        return rule;
    }

    private int turnStart() {
        String start;
        try (PromptTemplate template = PromptTemplate.open(model, source)) {
            start = template.render(List.of(Message.user("x")), AskOptions.defaults()).params().path("generation_prompt").stringValue();
        }
        return prompt.length - model.tokenizer().encode(start, false, true).length;
    }

    private RenderedPrompt render(List<Message> messages) {
        try (PromptTemplate template = PromptTemplate.open(model, source)) {
            return template.render(messages, AskOptions.defaults());
        }
    }
}

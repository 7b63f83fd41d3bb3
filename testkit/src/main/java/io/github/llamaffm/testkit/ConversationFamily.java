package io.github.llamaffm.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Llama of one layer that knows a conversation by heart. Each piece of an answer is a direction of its own, from which the output
 * leads to the piece that follows and to nothing else. Behind a prompt, attention counts its answers: it looks at the first token and
 * at what begins an answer, all alike, so that the first token's share of it is one by their number. The feed-forward network makes a
 * direction for each turn of that share, from which the output leads to the first piece of its answer.
 */
record ConversationFamily(Vocabulary vocabulary, int answerStart, List<Chain> chains, List<Chain> turns) implements Family {

    private static final int CONSTANT = 0;
    private static final int BEGIN = 1;
    private static final int START = 2;
    private static final int OTHER = 3;
    private static final int SHARE = 4;
    private static final int TURNS = 5;

    private static final int HEAD = 32;

    /** No logit that is not negative infinity comes of it: all that it meets is 2 or more. */
    private static final float NEVER = -3e38f;

    /** Both of queries and keys that find each other: a score of 40, which no number of other tokens outweighs. */
    private static final float FOUND = (float) Math.sqrt(40 * Math.sqrt(HEAD));

    /** Where the activation function is the line that it is to be, and 0 on the other side. */
    private static final float STEEP = 40;

    /** @param answers at least one; behind them the model says that the script has ended */
    static ConversationFamily of(List<ScriptedAnswer> answers, String answerStart) {
        List<ScriptedAnswer> all = new ArrayList<>(answers);
        all.add(new ScriptedAnswer("(The script of this test model has ended: it has %d %s.)"
                .formatted(answers.size(), answers.size() == 1 ? "answer" : "answers"), false));
        Map<ScriptedAnswer, Chain> chains = Chain.of(all, Set.of(answerStart));
        List<String> pieces = chains.values().stream().flatMap(chain -> chain.pieces().stream())
                .filter(piece -> !Vocabulary.tiny().tokens().contains(BytePairVocabulary.encoded(piece))).toList();
        Vocabulary vocabulary = BytePairVocabulary.with(pieces, answerStart);
        return new ConversationFamily(vocabulary, vocabulary.tokens().indexOf(answerStart), List.copyOf(chains.values()),
                all.stream().map(chains::get).toList());
    }

    int embedding() {
        int directions = TURNS + turns.size() + chains.stream().mapToInt(chain -> chain.pieces().size()).sum();
        return Math.max(64, Math.ceilDiv(directions, 32) * 32);
    }

    int feedForward() {
        return Math.ceilDiv(always() + 1, 32) * 32;
    }

    /** The last of the feed-forward network's units, two for each border between two turns before it. */
    private int always() {
        return 2 * (turns.size() - 1);
    }

    @Override
    public void write(ModelWriter out) {
        int embedding = out.shape().embedding();
        int hidden = out.shape().feedForward();
        float unit = (float) Math.sqrt(embedding / 2.0);
        out.putSizes();
        out.putAttention();
        out.put("attention.layer_norm_rms_epsilon", 1e-5f);
        out.put("attention.key_length", HEAD);
        out.put("attention.value_length", HEAD);
        out.put("rope.dimension_count", HEAD);
        writeTokens(out, unit);
        norm(out, "output_norm.weight");
        // Places do not count.
        out.add("rope_freqs.weight", WeightType.F32, _ -> 1e30f, HEAD / 2);
        norm(out, "blk.0.attn_norm.weight");
        matrix(out, "blk.0.attn_q.weight", embedding, HEAD, (to, from) -> to == 0 && from == CONSTANT ? FOUND / unit : 0);
        matrix(out, "blk.0.attn_k.weight", embedding, HEAD, (to, from) -> to == 0 && (from == BEGIN || from == START) ? FOUND / unit : 0);
        matrix(out, "blk.0.attn_v.weight", embedding, HEAD, (to, from) -> to == 0 && from == BEGIN ? 1 / unit : 0);
        matrix(out, "blk.0.attn_output.weight", HEAD, embedding, (to, from) -> to == SHARE && from == 0 ? unit : 0);
        norm(out, "blk.0.ffn_norm.weight");
        matrix(out, "blk.0.ffn_gate.weight", embedding, hidden, (to, from) -> gate(to, from) / unit);
        // Inside of an answer nothing begins.
        matrix(out, "blk.0.ffn_up.weight", embedding, hidden, (_, from) -> from == BEGIN || from == START || from == OTHER ? 1 / unit : 0);
        matrix(out, "blk.0.ffn_down.weight", hidden, embedding, (to, from) -> turn(to - TURNS, from) * unit);
    }

    private void writeTokens(ModelWriter out, float unit) {
        List<String> tokens = vocabulary.tokens();
        int[] directions = new int[tokens.size()];
        Arrays.fill(directions, OTHER);
        directions[BytePairVocabulary.begin()] = BEGIN;
        directions[answerStart] = START;
        int[] next = new int[out.shape().embedding()];
        Arrays.fill(next, -1);
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        int direction = TURNS + turns.size();
        for (Chain chain : chains) {
            int[] pieces = chain.pieces().stream().mapToInt(piece -> ids.get(BytePairVocabulary.encoded(piece))).toArray();
            for (int i = 0; i < pieces.length; i++) {
                directions[pieces[i]] = direction;
                next[direction++] = i + 1 < pieces.length ? pieces[i + 1] : chain.endless() ? pieces[0] : BytePairVocabulary.turnEnd();
            }
        }
        for (int turn = 0; turn < turns.size(); turn++) {
            next[TURNS + turn] = ids.get(BytePairVocabulary.encoded(turns.get(turn).pieces().getFirst()));
        }
        out.addTokens("token_embd.weight", (token, at) -> at == CONSTANT || at == directions[token] ? unit : 0);
        out.addTokens("output.weight", (token, at) -> next[at] < 0 || next[at] == token ? 0 : NEVER);
    }

    /** Two lines that rise on both sides of the middle between two turns' shares. */
    private float gate(int unit, int from) {
        if (unit >= always()) {
            return unit == always() && from == CONSTANT ? STEEP : 0;
        }
        int turn = unit / 2;
        double gap = share(turn) - share(turn + 1);
        double rise = 4 * STEEP / gap;
        double start = share(turn + 1) + gap / 2 + (unit % 2 == 0 ? -gap / 4 : gap / 4);
        return from == SHARE ? (float) rise : from == CONSTANT ? (float) (-rise * start) : 0;
    }

    /** Of the first token, where so many answers are there, and what begins the next one. */
    private static double share(int answers) {
        return 1.0 / (answers + 2);
    }

    /** A step is the difference of its two lines: 1 up to its turn. A turn is the difference of two steps. */
    private float turn(int turn, int unit) {
        if (turn < 0 || turn >= turns.size()) {
            return 0;
        }
        if (unit >= always()) {
            return unit == always() && turn == turns.size() - 1 ? 1 / STEEP : 0;
        }
        float line = (unit % 2 == 0 ? 1 : -1) / (2 * STEEP);
        return unit / 2 == turn ? line : unit / 2 == turn - 1 ? -line : 0;
    }

    private interface Entry {

        float of(int to, int from);
    }

    private static void matrix(ModelWriter out, String name, int in, int size, Entry entry) {
        out.add(name, WeightType.F32, index -> entry.of((int) (index / in), (int) (index % in)), in, size);
    }

    private static void norm(ModelWriter out, String name) {
        out.add(name, WeightType.F32, _ -> 1, out.shape().embedding());
    }
}

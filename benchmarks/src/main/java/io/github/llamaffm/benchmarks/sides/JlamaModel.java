package io.github.llamaffm.benchmarks.sides;

import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import io.github.llamaffm.internal.Gguf;
import io.github.llamaffm.testkit.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Writes a llama-shaped model as the folder that Jlama reads, with Jlama's own 4-bit weights. */
public final class JlamaModel {

    private static final JsonMapper JSON = new JsonMapper();

    /** No token: Jlama knows no other way to go on behind the end of an answer, as the others are told to. */
    private static final int NO_END = -1;

    /** Names of a layer's tensors, in the file and in the folder. */
    private static final Map<String, String> LAYER = Map.of("attn_norm", "input_layernorm", "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj", "attn_v", "self_attn.v_proj", "attn_output", "self_attn.o_proj",
            "ffn_norm", "post_attention_layernorm", "ffn_gate", "mlp.gate_proj", "ffn_up", "mlp.up_proj", "ffn_down", "mlp.down_proj");
    private static final Map<String, String> OTHERS = Map.of("token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight", "output.weight", "lm_head.weight");

    /** What llama.cpp splits a text at for `smollm`, as Jlama needs it written. */
    private static final List<String> SPLITS = List.of("\\p{N}",
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)");

    private final Path file;
    private final Gguf gguf;

    private JlamaModel(Path file) throws IOException {
        this.file = file;
        gguf = Gguf.read(file);
    }

    /** {@code FILE FOLDER}: a GGUF file of 32-bit floats and a folder that is not there. What is made on the way stays beside that. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        Path whole = Files.createDirectories(folder.resolveSibling("f32"));
        write(Path.of(args[0]), whole);
        SafeTensorSupport.quantizeModel(whole, DType.Q4, new String[] {"norm"}, null, Optional.of(folder)); // as its command does it
    }

    /** With weights of 32-bit floats. */
    static void write(Path file, Path folder) throws IOException {
        new JlamaModel(file).writeTo(folder);
    }

    private void writeTo(Path folder) throws IOException {
        Files.writeString(folder.resolve("README.md"), "Made of " + file.getFileName() + ".\n");
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config()));
        Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(tokenizer()));
        Safetensors tensors = new Safetensors();
        try (FileChannel channel = FileChannel.open(file)) {
            for (Gguf.Tensor tensor : gguf.tensors()) {
                if (tensor.type() != Gguf.F32) {
                    throw new IllegalArgumentException(tensor.name() + " is not of 32-bit floats, but of type " + tensor.type());
                }
                tensors.add(name(tensor), shape(tensor), () -> values(channel, tensor));
            }
            tensors.writeTo(folder.resolve("model.safetensors"));
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "llama");
        config.put("max_position_embeddings", number("context_length"));
        config.put("hidden_size", number("embedding_length"));
        config.put("intermediate_size", number("feed_forward_length"));
        config.put("num_attention_heads", number("attention.head_count"));
        config.put("num_key_value_heads", number("attention.head_count_kv"));
        config.put("num_hidden_layers", number("block_count"));
        config.put("rms_norm_eps", gguf.metadata().get("llama.attention.layer_norm_rms_epsilon"));
        config.put("rope_theta", gguf.metadata().get("llama.rope.freq_base"));
        config.put("vocab_size", Vocabulary.from(file).size());
        config.put("bos_token_id", gguf.metadata().get("tokenizer.ggml.bos_token_id"));
        config.put("eos_token_id", NO_END);
        config.put("hidden_act", "silu");
        return config;
    }

    private int number(String key) {
        return Math.toIntExact((long) gguf.metadata().get("llama." + key));
    }

    private Map<String, Object> tokenizer() {
        Vocabulary vocabulary = Vocabulary.from(file);
        Map<String, Integer> ids = new LinkedHashMap<>();
        vocabulary.tokens().forEach(token -> ids.put(token, ids.size()));
        List<Map<String, Object>> splits = new ArrayList<>();
        SPLITS.forEach(regex -> splits.add(Map.of("type", "Split", "pattern", Map.of("Regex", regex))));
        splits.add(Map.of("type", "ByteLevel"));
        return Map.of("model", Map.of("type", "BPE", "vocab", ids, "merges", vocabulary.merges()),
                "pre_tokenizer", Map.of("type", "Sequence", "pretokenizers", splits));
    }

    private static String name(Gguf.Tensor tensor) {
        String[] parts = tensor.name().split("\\."); // blk.LAYER.NAME.weight
        if (parts.length == 4 && LAYER.containsKey(parts[2])) {
            return "model.layers." + parts[1] + "." + LAYER.get(parts[2]) + ".weight";
        }
        return Optional.ofNullable(OTHERS.get(tensor.name()))
                .orElseThrow(() -> new IllegalArgumentException("a llama-shaped model has no tensor " + tensor.name()));
    }

    private static List<Long> shape(Gguf.Tensor tensor) {
        long columns = tensor.shape().get(0);
        long rows = tensor.shape().get(1);
        return rows == 1 ? List.of(columns) : List.of(rows, columns);
    }

    private ByteBuffer values(FileChannel channel, Gguf.Tensor tensor) throws IOException {
        ByteBuffer values = channel.map(FileChannel.MapMode.READ_ONLY, gguf.dataOffset() + tensor.offset(), tensor.elements() * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        if (tensor.name().endsWith("attn_q.weight")) {
            return halves(values, number("attention.head_count"));
        }
        return tensor.name().endsWith("attn_k.weight") ? halves(values, number("attention.head_count_kv")) : values;
    }

    /** llama.cpp turns rows that follow each other; Jlama, as Hugging Face, those of the first half of a head with those of the second. */
    private ByteBuffer halves(ByteBuffer rows, int heads) {
        int row = number("embedding_length") * Float.BYTES;
        int size = rows.remaining() / row / heads;
        ByteBuffer turned = ByteBuffer.allocate(rows.remaining());
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < size; i++) {
                int from = i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1;
                turned.put(rows.slice((head * size + from) * row, row));
            }
        }
        return turned.flip();
    }
}

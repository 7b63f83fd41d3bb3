package io.github.llamaffm.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Upstream's llama-server on a free port of the loopback interface, with one slot and nothing cached between requests. */
public final class LlamaServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://127\\.0\\.0\\.1:\\d+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;

    private LlamaServer(Process process, String address) {
        this.process = process;
        this.address = URI.create(address);
    }

    /**
     * Starts the server and returns once it has loaded the model.
     *
     * @param options further options of the command line, such as {@code "--ctx-size", "4096"}
     */
    public static LlamaServer start(Path model, String... options) {
        List<String> command = new ArrayList<>(List.of(TestFiles.peers().resolve("llama-server").toString(),
                "--model", model.toString(), "--host", "127.0.0.1", "--port", "0", "--parallel", "1", "--no-ui", "--offline",
                "--cache-ram", "0", "--log-colors", "off"));
        command.addAll(List.of(options));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new LlamaServer(process, address(process.inputReader()));
        } catch (IOException e) {
            throw new AssertionError("llama-server does not start", e);
        }
    }

    private static String address(BufferedReader log) throws IOException {
        var lines = new StringBuilder();
        for (String line; (line = log.readLine()) != null; ) {
            lines.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread.ofVirtual().start(() -> drain(log));
                return listening.group(1);
            }
        }
        throw new AssertionError("llama-server ended at once:\n" + lines);
    }

    private static void drain(BufferedReader log) {
        try (log) {
            while (log.readLine() != null) {
                // A full pipe would stop the server.
            }
        } catch (IOException e) {
            // The server has ended.
        }
    }

    /**
     * What the server answered.
     *
     * @param tokens every token that was sampled, the one that ended the generation included
     * @param text   of them, without characters that are incomplete at the end
     */
    public record Completion(List<Integer> tokens, String text) {
    }

    /** Asks {@code /completion} with these fields beside those that return tokens and leave the prompt cache alone. */
    public Completion complete(Map<String, Object> fields) {
        Map<String, Object> request = new LinkedHashMap<>(Map.of("return_tokens", true, "cache_prompt", false));
        request.putAll(fields);
        JsonNode answer = post("/completion", request);
        List<Integer> tokens = new ArrayList<>();
        answer.get("tokens").forEach(token -> tokens.add(token.asInt()));
        return new Completion(tokens, answer.get("content").asString());
    }

    /** What {@code /embedding} answers for one text: a vector, or without pooling one for each token. */
    public float[][] embed(String text) {
        JsonNode rows = post("/embedding", Map.of("content", text)).get(0).get("embedding");
        float[][] embeddings = new float[rows.size()][];
        for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] = new float[rows.get(i).size()];
            for (int j = 0; j < embeddings[i].length; j++) {
                embeddings[i][j] = rows.get(i).get(j).floatValue();
            }
        }
        return embeddings;
    }

    /** What {@code /rerank} answers: the score of each passage. */
    public float[] rank(String query, List<String> passages) {
        float[] scores = new float[passages.size()];
        post("/rerank", Map.of("query", query, "documents", passages)).get("results").forEach(result ->
                scores[result.get("index").asInt()] = result.get("relevance_score").floatValue());
        return scores;
    }

    /** What {@code /v1/chat/completions} answers; what the last request left in the cache is used, as it is by default. */
    public JsonNode chat(Map<String, Object> fields) {
        return post("/v1/chat/completions", fields);
    }

    private JsonNode post(String path, Map<String, Object> fields) {
        try {
            HttpResponse<String> response = client.send(HttpRequest.newBuilder(address.resolve(path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(fields)))
                    .build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AssertionError("llama-server: " + response.statusCode() + " " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError("llama-server does not answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
        process.destroyForcibly().onExit().join();
    }
}

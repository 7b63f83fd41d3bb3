package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** What people would write without a binding: HTTP to llama-server, which this program starts. */
public final class HttpDriver {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration POLL = Duration.ofMillis(2);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(); // it does not speak HTTP/2
    private final URI server;

    private HttpDriver(int port) {
        server = URI.create("http://127.0.0.1:" + port);
    }

    /** {@code binding MODEL THREADS N FILE}; the system property {@code server} is the program. */
    public static void main(String[] args) throws IOException, InterruptedException {
        // llama-server may close a connection while the next request is sent on it.
        System.setProperty("jdk.httpclient.enableAllMethodRetry", "true");
        Job job = Job.parse(args);
        int port = freePort();
        String threads = Integer.toString(job.threads());
        long start = System.nanoTime();
        Process process = new ProcessBuilder(System.getProperty("server"), "-m", job.model().toString(), "-t", threads, "-tb", threads,
                "-c", "2048", "-np", "1", "--host", "127.0.0.1", "--port", Integer.toString(port), "--no-ui")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            HttpDriver driver = new HttpDriver(port);
            driver.waitFor(process);
            Result.print("load", System.nanoTime() - start);
            BindingRun.run(job, (tokens, greedy, each) -> driver.complete(job, tokens, greedy, each));
            Result.print("peak", Result.peak() + Result.peak(Long.toString(process.pid())));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private void complete(Job job, int tokens, boolean greedy, Runnable each) {
        String body = JSON.writeValueAsString(Map.of("prompt", job.text(), "n_predict", tokens, "stream", true, "ignore_eos", true,
                "cache_prompt", false, "seed", 1, "temperature", greedy ? 0 : 0.8));
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/completion")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<Stream<String>> response = send(request, HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("llama-server answered with status " + response.statusCode());
        }
        response.body().filter(line -> line.startsWith("data: ") && !line.contains("\"stop\":true")).forEach(_ -> each.run());
    }

    private void waitFor(Process process) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/health")).timeout(Duration.ofSeconds(5)).build();
        while (process.isAlive()) {
            try {
                if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException _) {
                // It does not listen yet.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new IllegalStateException("llama-server ended with exit code " + process.exitValue());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

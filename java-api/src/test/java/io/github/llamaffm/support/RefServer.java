package io.github.llamaffm.support;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code ref serve}: llama.cpp's plain C API on our core library, model after model in one process. */
public final class RefServer implements AutoCloseable {

    /** What decides the bits of a result, beside the model and the tokens. */
    public record Settings(int threads, int contextSize, int batchSize, int ubatchSize) {
    }

    private final Process process;
    private final DataInputStream answers;

    private RefServer(Process process) {
        this.process = process;
        this.answers = new DataInputStream(process.getInputStream());
    }

    /** Starts the process, which says on stderr what llama.cpp calls an error. */
    public static RefServer start() {
        try {
            return new RefServer(new ProcessBuilder(TestFiles.tools().resolve("ref").toString(), "serve")
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The logits of every token of a batch, and then of {@code steps} tokens that each were the most likely one. */
    public float[][] decode(Path model, Settings settings, int steps, int... tokens) {
        return ask("decode", model, settings, steps, tokens);
    }

    /** The encoder reads the tokens; then the logits of the decoder, from its start token on. */
    public float[][] encode(Path model, Settings settings, int steps, int... tokens) {
        return ask("encode", model, settings, steps, tokens);
    }

    /** The embeddings of sequences in one batch, pooled as the model says. */
    public float[][] embed(Path model, Settings settings, int[]... sequences) {
        return ask("embed", model, settings, 0, sequences);
    }

    private float[][] ask(String kind, Path model, Settings settings, int steps, int[]... sequences) {
        String tokens = Arrays.stream(sequences)
                .map(sequence -> IntStream.of(sequence).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(" , "));
        String job = String.join("\t", kind, model.toString(), "" + settings.threads(), "" + settings.contextSize(),
                "" + settings.batchSize(), "" + settings.ubatchSize(), "" + steps, tokens) + "\n";
        try {
            process.getOutputStream().write(job.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return answer();
        } catch (IOException e) {
            throw new AssertionError("ref ended in the middle of: " + job, e);
        }
    }

    private float[][] answer() throws IOException {
        ByteBuffer size = read(8);
        int rows = size.getInt();
        int columns = size.getInt();
        if (rows < 0) {
            throw new AssertionError("ref: " + StandardCharsets.UTF_8.decode(read(columns)));
        }
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            read(4 * columns).asFloatBuffer().get(row);
        }
        return values;
    }

    private ByteBuffer read(int bytes) throws IOException {
        byte[] answer = answers.readNBytes(bytes);
        if (answer.length < bytes) {
            throw new IOException("%d of %d bytes came".formatted(answer.length, bytes));
        }
        return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended, as it should.
        }
        process.destroyForcibly().onExit().join();
    }
}

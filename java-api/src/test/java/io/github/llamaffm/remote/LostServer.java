package io.github.llamaffm.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Placement;
import io.github.llamaffm.PoisonedContextException;
import io.github.llamaffm.RpcException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.NativeFrames;
import io.github.llamaffm.support.RawLogits;
import io.github.llamaffm.support.RpcServer;
import io.github.llamaffm.support.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Kills an RPC server at every stage: each time that is an exception of the call that needs it, and models that lie elsewhere
 * go on. Argument: a model.
 */
final class LostServer {
    private static final GenerateOptions ONE = GenerateOptions.builder().maxTokens(1).build();
    private static final ContextOptions LONG = ContextOptions.builder().contextSize(4096).threads(1).build();

    private final Path file;
    private final RpcServer server;
    private final ModelOptions onServer;

    private LostServer(Path file, RpcServer server, Device device) {
        this.file = file;
        this.server = server;
        this.onServer = ModelOptions.builder().devices(device).build();
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        try (RpcServer server = RpcServer.start(); RpcServer other = RpcServer.start()) {
            Device device = LlamaRuntime.instance().addRpcServer(server.address()).getFirst();
            Device healthy = LlamaRuntime.instance().addRpcServer(other.address()).getFirst();
            var lost = new LostServer(file, server, device);
            try (Model model = Model.load(file, ModelOptions.builder().devices(healthy).build())) {
                int[] tokens = model.tokenizer().encode("The capital of France is");
                float[] expected = RawLogits.of(model, tokens);
                lost.inMidDecode(Thread.ofPlatform());
                lost.whileNobodyHasAModel();
                lost.inMidDecode(Thread.ofVirtual());
                server.restart();
                lost.betweenDecodes(tokens);
                server.restart();
                lost.duringALoad();
                server.restart();
                assertThat(Vectors.cosine(RawLogits.of(model, tokens), expected)).as("a model on another server").isCloseTo(1, within(1e-9));
                try (Model again = Model.load(file, lost.onServer)) {
                    assertThat(Vectors.cosine(RawLogits.of(again, tokens), expected)).as("the server that came back").isCloseTo(1, within(1e-9));
                }
            }
        }
    }

    private void inMidDecode(Thread.Builder threads) throws Exception {
        String prompt = "A long prompt, word for word. ".repeat(400);
        try (Model model = Model.load(file, onServer); Context context = model.newContext(LONG)) {
            List<Placement> placement = model.placement();
            var work = new FutureTask<>(() -> {
                try (Generation generation = context.generate(prompt, ONE)) {
                    return generation.result();
                }
            });
            threads.start(work);
            NativeFrames.await("lf_decode", work::isDone);
            server.kill();

            assertThat(catchThrowable(work::get)).isInstanceOf(ExecutionException.class).cause()
                    .isInstanceOf(RpcException.class).hasMessageContaining("the connection to a server is lost");
            assertThat(context.isPoisoned()).isTrue();
            assertThatExceptionOfType(PoisonedContextException.class).isThrownBy(() -> context.generate("Hello"));
            assertThatExceptionOfType(RpcException.class).isThrownBy(model::newContext);
            assertThat(model.placement()).extracting(Placement::bytes)
                    .isEqualTo(placement.stream().map(Placement::bytes).toList());
            assertThat(model.tokenizer().encode("Hello")).isNotEmpty();
        }
    }

    private void whileNobodyHasAModel() {
        assertThat(LlamaRuntime.instance().devices()).anySatisfy(device -> {
            assertThat(device.description()).isEqualTo(server.address());
            assertThat(device.memoryTotal()).isZero();
        });
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> Model.load(file, onServer))
                .withMessageContaining("Failed to connect to " + server.address());
        server.restart();
    }

    private void betweenDecodes(int[] tokens) {
        try (Model model = Model.load(file, onServer);
                Context context = model.newContext(LONG);
                Sequence sequence = context.newSequence()) {
            sequence.append(tokens);
            server.kill();
            assertThatExceptionOfType(RpcException.class).isThrownBy(() -> sequence.append(tokens));
        }
    }

    private void duringALoad() {
        ModelOptions killing = ModelOptions.builder().devices(onServer.devices())
                .progress(fraction -> {
                    if (fraction > 0.5 && fraction < 1) {
                        server.kill();
                    }
                }).build();
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> Model.load(file, killing))
                .withMessageContaining("the connection to a server is lost");
    }
}

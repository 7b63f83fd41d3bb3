package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program gets that sets nothing, and what {@code llama-completion} chooses for the same model on the same machine. */
class DefaultsIT {

    @TempDir
    private Path folder;

    /** Its context is as long as the model was trained for, which is no more than we take. */
    @Test
    void areThoseOfTheTool() throws Exception {
        Tool tool = Tool.run(TestFiles.model());

        try (Model model = Model.load(TestFiles.model()); Context context = model.newContext()) {
            assertThat(context.size()).isEqualTo(tool.number("n_ctx"));
            assertThat(context.batchSize()).isEqualTo(tool.number("n_batch"));
            assertThat(context.ubatchSize()).isEqualTo(tool.number("n_ubatch"));
            assertThat(context.maxSequences()).isEqualTo(tool.number("n_seq_max"));
            assertThat(context.threads()).isEqualTo(tool.find("system_info: n_threads = (\\d+)"))
                    .isEqualTo(tool.find("n_threads_batch = (\\d+)"));
            assertThat(context.options().flashAttention().name()).isEqualToIgnoringCase(tool.text("flash_attn"));
        }
        // What both of them get by that: the same buffers, where as many rows of logits are asked for.
        int outputs = tool.number("n_outputs_max");
        MemoryPlan.Part host = MemoryPlan.of(ModelSource.path(TestFiles.model()), ModelOptions.defaults(),
                ContextOptions.builder().maxOutputs(outputs).build()).parts().getFirst();
        assertThat(mib(host.weights())).isEqualTo(tool.mib("model buffer size"));
        assertThat(mib(host.kvCache())).isEqualTo(tool.mib("KV buffer size"));
        try (Model model = Model.load(TestFiles.model())) {
            assertThat(mib(host.compute() - 4L * outputs * model.tokenizer().size())).isEqualTo(tool.mib("compute buffer size"));
        }
    }

    /** A machine with GPUs would show this line; one without keeps all layers on the host. */
    @Test
    void offloadIsThatOfTheTool() throws Exception {
        Tool tool = Tool.run(TestFiles.model());
        boolean gpu = LlamaRuntime.instance().devices().stream().anyMatch(device -> device.type() == Device.Type.GPU);

        try (Model model = Model.load(TestFiles.model())) {
            boolean offloaded = model.placement().stream().anyMatch(place -> place.device().type() == Device.Type.GPU);
            assertThat(offloaded).isEqualTo(gpu).isEqualTo(tool.has("offloaded \\d+/\\d+ layers to GPU"));
        }
    }

    /** The one default that differs where both have the memory: docs/defaults.md says why. */
    @Test
    void aLongTrainedContextIsCutAt8192() throws Exception {
        Path file = TinyModel.llama().contextSize(16_384).writeTo(folder.resolve("long.gguf"));
        Tool tool = Tool.run(file);
        assertThat(tool.number("n_ctx")).isEqualTo(16_384);

        try (Model model = Model.load(file)) {
            try (Context context = model.newContext()) {
                assertThat(context.size()).isEqualTo(8192);
            }
            try (Context context = model.newContext(ContextOptions.builder().trainedContextSize().build())) {
                assertThat(context.size()).isEqualTo(tool.number("n_ctx"));
            }
        }
    }

    /** The tool counts all cores of the machine; a process that may use one has no use for more threads. */
    @Test
    void threadsKeepToTheAffinity() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")), "there is no taskset to bind the child with");
        assertThat(ChildJvm.of(Threads.class).through("taskset", "-c", "0").arguments(TestFiles.model()).run().assertSuccess())
                .isEqualTo("1");
    }

    /** As a container's quota does: the JVM reads both. */
    @Test
    void threadsKeepToWhatTheJvmMayUse() {
        assertThat(ChildJvm.of(Threads.class).options("-XX:ActiveProcessorCount=1").arguments(TestFiles.model()).run().assertSuccess())
                .isEqualTo("1");
    }

    /** On a machine where control groups can be made: two threads for a prompt, one for a token. */
    @Test
    void aPartOfACpuComputesNoToken() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "one CPU is no part of more");
        Path cpu = Path.of("/sys/fs/cgroup/cpu");
        Path group = (Files.isDirectory(cpu) ? cpu : cpu.getParent()).resolve("llama-ffm-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
            if (Files.exists(group.resolve("cpu.max"))) {
                Files.writeString(group.resolve("cpu.max"), "150000 100000");
            } else {
                Files.writeString(group.resolve("cpu.cfs_quota_us"), "150000");
            }
        } catch (IOException e) {
            Files.deleteIfExists(group);
            assumeTrue(false, "no control group can be made: " + e);
        }
        try {
            assertThat(ChildJvm.of(Threads.class)
                    .through("bash", "-c", "echo $$ >\"$0/cgroup.procs\"; exec \"$@\"", group.toString())
                    .arguments(TestFiles.model(), "token")
                    .run()
                    .assertSuccess()).isEqualTo("2, 1 for a token");
        } finally {
            Files.delete(group);
        }
    }

    /** Prints how many threads a context has. Argument: a model. */
    static final class Threads {

        public static void main(String[] arguments) {
            try (Model model = Model.load(Path.of(arguments[0]));
                    Context context = model.newContext(ContextOptions.builder().contextSize(256).build())) {
                System.out.print(context.threads());
                if (arguments.length > 1) {
                    System.out.print(", " + LlamaFfm.llama_n_threads(((NativeContext) context).pointer()) + " for a token");
                }
            }
        }
    }

    /** As the log has it. */
    private static String mib(long bytes) {
        return "%.2f".formatted(bytes / 1024.0 / 1024.0);
    }

    /** What {@code llama-completion} said while it made one token. */
    private record Tool(String log) {

        static Tool run(Path model) {
            return new Tool(Peer.run("llama-completion", "-m", model, "-p", "a", "-n", "1", "-no-cnv", "-v"));
        }

        /** Of the last context: the first one only finds out what would fit. */
        String text(String name) {
            return last("llama_context: " + name + " += (\\S+)");
        }

        int number(String name) {
            return Integer.parseInt(text(name));
        }

        String mib(String name) {
            return last(name + " = +(\\S+) MiB");
        }

        int find(String pattern) {
            return Integer.parseInt(last(pattern));
        }

        boolean has(String pattern) {
            return Pattern.compile(pattern).matcher(log).find();
        }

        private String last(String pattern) {
            List<String> all = new ArrayList<>();
            Matcher matcher = Pattern.compile(pattern).matcher(log);
            while (matcher.find()) {
                all.add(matcher.group(1));
            }
            assertThat(all).as("%s in %s", pattern, log.length()).isNotEmpty();
            return all.getLast();
        }
    }
}

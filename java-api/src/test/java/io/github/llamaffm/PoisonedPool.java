package io.github.llamaffm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Poisons a context of a pool where no threads can be started that would replace the pool's: the address space is limited
 * meanwhile. Prints what each step ended with. Argument: a model.
 */
final class PoisonedPool {

    private static final GenerateOptions SHORT = GenerateOptions.builder().maxTokens(2).build();

    private PoisonedPool() {}

    public static void main(String[] arguments) throws Exception {
        try (Model model = Model.load(Path.of(arguments[0])); ThreadPool pool = ThreadPool.of(12)) {
            ContextOptions options = ContextOptions.builder().contextSize(256).batchSize(32).threadPool(pool).build();
            try (NativeContext other = (NativeContext) model.newContext(options)) {
                NativeContext context = (NativeContext) model.newContext(options);
                Runnable abort = Poison.decode(context);
                generate(other);
                limitAddressSpace(Long.toString(sizeOfAddressSpace() + (48L << 20)));
                tell("poisoned", abort);
                tell("other", () -> generate(other));
                context.close();
                limitAddressSpace("unlimited");
                tell("later", () -> generate(other));
                tell("later-new", () -> model.newContext(options).close());
            }
        }
    }

    private static void generate(Context context) {
        try (Generation generation = context.generate("Hello", SHORT)) {
            generation.result();
        }
    }

    private static void tell(String step, Runnable work) {
        String outcome;
        try {
            work.run();
            outcome = "done";
        } catch (LlamaException e) {
            outcome = e.getClass().getSimpleName();
        }
        System.out.println(step + "=" + outcome);
    }

    /** In bytes. */
    private static long sizeOfAddressSpace() throws IOException {
        String size = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmSize:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(size.replaceAll("\\D", "")) * 1024;
    }

    private static void limitAddressSpace(String bytes) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("prlimit", "--pid", Long.toString(ProcessHandle.current().pid()), "--as=" + bytes + ":unlimited")
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("prlimit ended with " + exit);
        }
    }
}

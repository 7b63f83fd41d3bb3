import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var options = ModelOptions.builder().maxHostMemory(600L << 20).build();
    show("trained length", MemoryPlan.of(source, options, ContextOptions.builder().trainedContextSize().build()));
    var eightUsers = ContextOptions.builder().contextSize(32_768).maxSequences(8);
    show("eight users", MemoryPlan.of(source, options, eightUsers.build()));
    var smaller = eightUsers.keyType(KvType.Q8_0).valueType(KvType.Q8_0).build();
    show("eight users, smaller cells", MemoryPlan.of(source, options, smaller));
}

void show(String what, MemoryPlan plan) {
    IO.println("%s: %d tokens %s".formatted(what, plan.contextSize(), plan.fits() ? "fit" : "do not fit"));
    for (MemoryPlan.Part part : plan.parts()) {
        IO.println("  %s: weights %d, cache %d, compute %d of %d MiB".formatted(
                part.device().map(Device::name).orElse("host"), part.weights() >> 20, part.kvCache() >> 20,
                part.compute() >> 20, part.available() >> 20));
    }
    IO.println("  largest context: " + plan.largestContext().orElse(0));
}

import io.github.llamaffm.*;

void main() {
    var options = ModelOptions.builder();
    try {
        options.devices(LlamaRuntime.instance().addRpcServer("127.0.0.1:50052"));
    } catch (RpcException e) {
        IO.println("computing here: " + e.getMessage());
    }
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    try (Model model = Model.load(source, options.build());
         Context context = model.newContext();
         Generation generation = context.generate("The capital of France is", GenerateOptions.builder().maxTokens(16).build())) {
        for (Placement place : model.placement()) {
            IO.println(place.device().description() + ": " + place.layers() + " layers");
        }
        for (String piece : generation) IO.print(piece);
        IO.println();
    } catch (RpcException e) {
        IO.println("the server is lost: " + e.getMessage());
    }
}

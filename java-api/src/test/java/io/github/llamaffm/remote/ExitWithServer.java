package io.github.llamaffm.remote;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.NativeFrames;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** Ends the process in the middle of a decode on an RPC server, with everything open. Arguments: a model, an address. */
final class ExitWithServer {
    private ExitWithServer() {
    }

    public static void main(String[] arguments) {
        var device = LlamaRuntime.instance().addRpcServer(arguments[1]).getFirst();
        Model model = Model.load(Path.of(arguments[0]), ModelOptions.builder().devices(device).build());
        Context context = model.newContext(ContextOptions.builder().contextSize(4096).threads(1).build());
        var work = new FutureTask<>(() -> context.generate("A long prompt, word for word. ".repeat(400)).result());
        Thread.ofPlatform().daemon().start(work);
        NativeFrames.await("lf_decode", work::isDone);
        System.exit(42);
    }
}

package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;

/**
 * Lets the end of the process wait for native calls. There is one for all class loaders that use a core library, and it holds
 * none of them: a hook stays for as long as the process lives.
 */
final class ExitHook {

    /** How long the end of the process waits for native calls to notice it. */
    private static final MemorySegment MILLIS = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 10_000);

    private ExitHook() {}

    /** @throws ShutdownException if the process is ending already */
    static void install(Path core) {
        if (System.getProperties().putIfAbsent("io.github.llamaffm.exit-hook." + core, "") != null) {
            return;
        }
        Thread hook = Thread.ofPlatform().name("llama-ffm-shutdown").inheritInheritableThreadLocals(false).unstarted(shutdown());
        hook.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new ShutdownException();
        }
    }

    /** Of classes of the JDK only: a lambda would be a class of this class loader. */
    private static Runnable shutdown() {
        MethodHandle shutdown = MethodHandles.insertArguments(LlamaFfm.lf_shutdown$handle(), 0, MILLIS);
        return MethodHandleProxies.asInterfaceInstance(Runnable.class, shutdown.asType(MethodType.methodType(void.class)));
    }
}

package io.github.llamaffm;

import java.lang.ref.Reference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a program has of an object while {@link Leaks} are looked for. It passes every call on, and gives handles of what comes
 * out. It keeps the handles of what it was made from, which the program can ask it for.
 *
 * <p>By reflection, because the types that programs see have a hundred methods, and nobody looks for leaks and for speed at once.
 */
final class Handle implements InvocationHandler {

    private final Object target;
    private final @Nullable Object parent;

    private Handle(Object target, @Nullable Object parent) {
        this.target = target;
        this.parent = parent;
    }

    /**
     * What a report tells of an object.
     *
     * @param type that programs know it by
     * @param open whether it is to be closed still
     */
    record Facts(Class<?> type, String what, BooleanSupplier open) {

        private static @Nullable Facts of(Object object) {
            return switch (object) {
                case NativeModel model ->
                    new Facts(Model.class, "a model" + bytes(() -> model.info().sizeInBytes()), () -> !model.isClosed());
                case NativeContext context ->
                    new Facts(Context.class, "a context of " + context.size() + " tokens" + memory(context), () -> !context.isClosed());
                case NativeEmbedder embedder ->
                    new Facts(Embedder.class, "an embedder" + memory(embedder.context()), () -> !embedder.isClosed());
                case NativeReranker reranker ->
                    new Facts(Reranker.class, "a reranker" + memory(reranker.context()), () -> !reranker.isClosed());
                case NativeSampler sampler -> new Facts(Sampler.class, "a sampler", () -> !sampler.isClosed());
                case NativeLoraAdapter lora -> new Facts(LoraAdapter.class, "a LoRA adapter", () -> !lora.isClosed());
                case NativeSequence sequence -> new Facts(Sequence.class, "a sequence", sequence::isToBeClosed);
                case NativeGeneration generation -> new Facts(Generation.class, "a generation", generation::isToBeClosed);
                default -> null;
            };
        }

        private static String memory(NativeContext context) {
            return bytes(() -> context.call(() -> MemoryMeter.of(context.model(), context), () -> {}).parts().stream()
                    .mapToLong(part -> part.kvCache() + part.compute()).sum());
        }

        /** That it is not known is no reason to fail. */
        private static String bytes(LongSupplier size) {
            try {
                long bytes = size.getAsLong();
                return bytes == 0 ? "" : " (%,d bytes)".formatted(bytes);
            } catch (RuntimeException e) {
                return "";
            }
        }
    }

    /** A handle; the object itself where nothing of it is to be closed. */
    static Object of(Object object, @Nullable Object parent) {
        Facts facts = Facts.of(object);
        if (facts == null) {
            return object;
        }
        Object handle = Proxy.newProxyInstance(
                Handle.class.getClassLoader(), new Class<?>[] {facts.type()}, new Handle(object, parent));
        Leaks.watch(facts, parent == null ? null : target(parent), handle);
        return handle;
    }

    /** The object itself, which nobody need have a handle of. */
    static Object target(Object object) {
        return Proxy.isProxyClass(object.getClass()) && Proxy.getInvocationHandler(object) instanceof Handle handle
                ? handle.target
                : object;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return handOut(self, method.invoke(target, targets(arguments)));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            Reference.reachabilityFence(self);
        }
    }

    private static Object @Nullable [] targets(Object @Nullable [] arguments) {
        if (arguments == null) {
            return null;
        }
        Object[] targets = new Object[arguments.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = arguments[i] == null ? null : target(arguments[i]);
        }
        return targets;
    }

    private @Nullable Object handOut(Object self, @Nullable Object result) {
        return switch (result) {
            case null -> null;
            case Iterator<?> pieces -> new Pieces(self, pieces);
            case List<?> several -> handOutAll(self, several);
            default -> known(self, result);
        };
    }

    /** In a loop: the frame below ours is to be the program's. */
    private List<Object> handOutAll(Object self, List<?> several) {
        List<Object> all = new ArrayList<>(several.size());
        for (Object one : several) {
            all.add(known(self, one));
        }
        return List.copyOf(all);
    }

    /** The program's own handle of what it has already, else a new one. */
    private Object known(Object self, Object result) {
        Object handle = self;
        while (handle != null) {
            Handle one = (Handle) Proxy.getInvocationHandler(handle);
            if (one.target == result) {
                return handle;
            }
            handle = one.parent;
        }
        // A copy has the parent of its original, and does not keep that.
        return of(result, result.getClass() == target.getClass() ? parent : self);
    }

    /** A loop over a generation has nothing of it but this. */
    private record Pieces(Object generation, Iterator<?> pieces) implements Iterator<Object> {

        @Override
        public boolean hasNext() {
            try {
                return pieces.hasNext();
            } finally {
                Reference.reachabilityFence(generation);
            }
        }

        @Override
        public Object next() {
            try {
                return pieces.next();
            } finally {
                Reference.reachabilityFence(generation);
            }
        }
    }
}

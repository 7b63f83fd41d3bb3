package io.github.llamaffm;

import java.time.Duration;
import java.util.List;

/** Ends a native object and everything made from it, for {@link Model#shutdown(Duration)}. */
final class Shutdown {

    private Shutdown() {}

    /** Cancels all, closes what uses something before what is used, and waits. */
    static void run(NativeResource root, Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout " + timeout + " is negative");
        }
        if (root.isFreed()) {
            return;
        }
        root.endCalls();
        stop(root);
        // Closing waits for calls under way however long they take: it goes on after the timeout.
        Thread closer = Thread.ofPlatform().daemon().name("llama-ffm-close").start(() -> closeAll(root));
        try {
            closer.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!root.isFreed()) {
            throw new IllegalStateException("%s is in use after %s; it is closed as soon as its calls end"
                    .formatted(root.describe(), timeout));
        }
    }

    private static void stop(NativeResource resource) {
        resource.stopCalls();
        resource.children().forEach(Shutdown::stop);
    }

    private static void closeAll(NativeResource root) {
        try {
            close(root);
        } catch (IllegalStateException stillUsed) {
            // Whoever called shutdown is told.
        }
    }

    private static void close(NativeResource resource) {
        while (true) {
            closeChildren(resource);
            List<NativeResource> left = resource.children();
            try {
                resource.close();
                return;
            } catch (IllegalStateException stillUsed) {
                // A call that was under way may have made something, which may be closed already.
                if (resource.isInUse() && resource.children().equals(left)) {
                    throw stillUsed;
                }
            }
        }
    }

    private static void closeChildren(NativeResource resource) {
        List<NativeResource> open = resource.children();
        while (!open.isEmpty()) {
            // Newest first; one that another one still uses has its turn again after that.
            open.reversed().forEach(child -> {
                try {
                    close(child);
                } catch (IllegalStateException stillUsed) {
                    // See above.
                }
            });
            List<NativeResource> left = resource.children();
            if (left.equals(open)) {
                break;
            }
            open = left;
        }
    }
}

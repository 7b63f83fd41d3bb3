package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The native jars on the class path and the module path. */
final class Bundles {

    // The iterator of a service loader gets past a broken provider as a rule, but does not promise it.
    private static final int MAX_BROKEN = 32;

    private Bundles() {}

    /** Those that this class's loader sees, then those that only the thread's context class loader sees. */
    static List<NativeBundle> find(LoadLog log) {
        List<NativeBundle> bundles = new ArrayList<>();
        ClassLoader own = Bundles.class.getClassLoader();
        collect(own, bundles, log);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null && context != own) {
            collect(context, bundles, log);
        }
        return bundles;
    }

    private static void collect(ClassLoader loader, List<NativeBundle> bundles, LoadLog log) {
        Iterator<NativeBundle> providers =
                ServiceLoader.load(NativeBundle.class, loader).iterator();
        for (int broken = 0; broken < MAX_BROKEN; ) {
            try {
                NativeBundle bundle = providers.next();
                if (!isKnown(bundle.getClass(), bundles)) {
                    bundles.add(bundle);
                }
            } catch (NoSuchElementException _) {
                return;
            } catch (ServiceConfigurationError e) {
                // Such as a jar whose NativeBundle is that of another copy of this module.
                log.rejected("native jar seen by " + loader, String.valueOf(e.getMessage()));
                broken++;
            }
        }
    }

    private static boolean isKnown(Class<?> type, List<NativeBundle> bundles) {
        for (NativeBundle bundle : bundles) {
            if (bundle.getClass() == type) {
                return true;
            }
        }
        return false;
    }
}

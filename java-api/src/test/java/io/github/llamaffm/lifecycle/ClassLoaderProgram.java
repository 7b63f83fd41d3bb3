package io.github.llamaffm.lifecycle;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Loads the library, and all of an application, in one class loader after the other. Prints how many of them could be collected,
 * and how many texts they made. Arguments: a model, how many, whether they close what they opened, how many live at once.
 */
final class ClassLoaderProgram {
    private static final int MOST_COLLECTIONS = 100;

    private ClassLoaderProgram() {
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        int atOnce = Integer.parseInt(arguments[3]);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < count; i += atOnce) {
            use(atOnce, arguments[0], Boolean.parseBoolean(arguments[2]), loaders, texts);
        }
        // A thread that has nothing more to do may need a moment to end.
        for (int i = 0; i < MOST_COLLECTIONS && loaders.stream().anyMatch(loader -> !loader.refersTo(null)); i++) {
            System.gc();
        }
        System.out.println(loaders.stream().filter(loader -> loader.refersTo(null)).count() + " collected, " + texts.size() + " text");
    }

    /** Not in main, whose frame could hold on to the last of them. */
    private static void use(int count, String model, boolean close, List<WeakReference<ClassLoader>> loaders, Set<String> texts)
            throws Exception {
        URL[] classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(ClassLoaderProgram::url).toArray(URL[]::new);
        List<URLClassLoader> living = new ArrayList<>();
        for (int j = 0; j < count; j++) {
            var loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
            living.add(loader);
            loaders.add(new WeakReference<>(loader));
        }
        for (URLClassLoader loader : living) {
            texts.add(use(loader, model, close));
        }
        for (URLClassLoader loader : living) {
            loader.close();
        }
    }

    private static String use(ClassLoader loader, String model, boolean close) throws Exception {
        return (String) loader.loadClass(ClassLoaderUse.class.getName())
                .getMethod("run", String.class, boolean.class).invoke(null, model, close);
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (java.net.MalformedURLException e) {
            throw new AssertionError(e);
        }
    }
}

package io.github.llamaffm.natives;

import java.io.File;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that loads the native library once in each of several class loaders, as hot redeployment does. */
public final class ClassLoadersProcess {

    private ClassLoadersProcess() {}

    /**
     * @param args a file for each outcome, followed by the class path of that class loader
     */
    public static void main(String[] args) throws Exception {
        // Open at the first load and closed at the second, as the jars of an application that is deployed anew: what is opened
        // then gets their lower descriptors.
        List<InputStream> earlier = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            earlier.add(Files.newInputStream(Path.of(System.getProperty("java.home"), "lib", "modules")));
        }
        for (int i = 0; i < args.length; i += 2) {
            List<URL> urls = new ArrayList<>();
            for (String entry : args[i + 1].split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            try (URLClassLoader loader =
                    new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
                Class<?> process = loader.loadClass(LoadProcess.class.getName());
                Files.writeString(Path.of(args[i]), (String) process.getMethod("load").invoke(null));
            }
            for (InputStream file : earlier) {
                file.close();
            }
        }
    }
}

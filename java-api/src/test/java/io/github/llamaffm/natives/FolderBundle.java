package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Properties;

/** The native libraries of a jar that {@link NativeFolder#pack} made. */
public class FolderBundle implements NativeBundle {

    private String property(String name) {
        Properties index = new Properties();
        try (InputStream in = resource("index.properties").openStream()) {
            index.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return index.getProperty(name);
    }

    @Override
    public String platform() {
        return property("platform");
    }

    @Override
    public String backend() {
        return property("backend");
    }

    @Override
    public URL resource(String name) {
        return FolderBundle.class.getResource("/" + folder(getClass()) + name);
    }

    /** Each bundle has one of its own, so that two jars can be used together. */
    static String folder(Class<? extends FolderBundle> bundle) {
        return "META-INF/llama-ffm/natives/" + bundle.getSimpleName() + "/";
    }
}

package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Properties;

/** The native libraries of a jar that {@link NativeFolder#pack} made. */
public class FolderBundle implements NativeBundle {

    static final String FOLDER = "META-INF/llama-ffm/natives/test/";

    @Override
    public String platform() {
        Properties index = new Properties();
        try (InputStream in = FolderBundle.class.getResourceAsStream("/" + FOLDER + "index.properties")) {
            index.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return index.getProperty("platform");
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public URL resource(String name) {
        return FolderBundle.class.getResource("/" + FOLDER + name);
    }
}

package io.github.llamaffm.natives.${native.backend.identifier}.${native.platform.identifier};

import io.github.llamaffm.bindings.NativeBundle;
import java.net.URL;

/** The native libraries that lie beside this class. */
public final class Natives implements NativeBundle {

    /** For the service loader. */
    public Natives() {}

    @Override
    public String platform() {
        return "${native.platform}";
    }

    @Override
    public String backend() {
        return "${native.backend}";
    }

    @Override
    public URL resource(String name) {
        return Natives.class.getResource("/${natives.folder}/" + name);
    }
}

package io.github.llamaffm.natives.cpu.${native.platform.identifier};

import io.github.llamaffm.bindings.NativeBundle;
import java.net.URL;

/** The native libraries that lie beside this class. */
public final class CpuNatives implements NativeBundle {

    /** For the service loader. */
    public CpuNatives() {}

    @Override
    public String platform() {
        return "${native.platform}";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public URL resource(String name) {
        return CpuNatives.class.getResource("/${natives.folder}/" + name);
    }
}

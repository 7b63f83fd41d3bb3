package consumer.packagings;

import io.github.llamaffm.bindings.NativeBundle;
import java.net.URL;

/** Libraries for another platform, in the jar of the program: in one jar with those of this platform, both must be found. */
public final class Elsewhere implements NativeBundle {

    /** For the service loader. */
    public Elsewhere() {}

    @Override
    public String platform() {
        return "nowhere";
    }

    @Override
    public String backend() {
        return "cpu";
    }

    @Override
    public URL resource(String name) {
        return Elsewhere.class.getResource("/META-INF/llama-ffm/natives/nowhere/cpu/" + name);
    }
}

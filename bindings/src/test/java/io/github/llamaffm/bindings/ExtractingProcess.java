package io.github.llamaffm.bindings;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** A process that extracts into a cache, stops in the middle of the module and says so, and goes on at a signal. */
final class ExtractingProcess {

    private ExtractingProcess() {}

    public static void main(String[] args) throws Exception {
        FakeNatives natives = new FakeNatives("linux-x86_64", "content") {
            @Override
            InputStream open(String name, byte[] bytes) throws IOException {
                if (!name.equals(MODULE)) {
                    return super.open(name, bytes);
                }
                InputStream half = new ByteArrayInputStream(Arrays.copyOf(bytes, bytes.length / 2));
                InputStream rest = new ByteArrayInputStream(bytes, bytes.length / 2, bytes.length);
                return new InputStream() {
                    private boolean stopped;

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        int n = half.read(buffer, offset, length);
                        if (n >= 0) {
                            return n;
                        }
                        if (!stopped) {
                            stopped = true;
                            System.out.println("half");
                            System.in.read();
                        }
                        return rest.read(buffer, offset, length);
                    }

                    @Override
                    public int read() {
                        throw new AssertionError("copies read blocks");
                    }
                };
            }
        };
        CacheLocation location = new CacheLocation("test", args[0], true);
        NativeCache cache = new NativeCache(
                List.of(location), Ownership.ofThisProcess(), new Mounts(List.of()), new LoadLog());
        System.out.println(cache.folder(natives.packed(), FakeNatives.MODULE));
    }
}

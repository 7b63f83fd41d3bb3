package io.github.llamaffm.bindings;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * Native libraries of a few bytes each: a core {@code libcore.so} and the modules {@code libggml-cpu-a.so} and {@code
 * libggml-cpu-b.so}, or one module for CUDA, with a right index. Nothing in them can be opened.
 */
class FakeNatives implements NativeBundle {

    static final String CORE = "libcore.so";
    static final String MODULE = "libggml-cpu-a.so";

    final Map<String, byte[]> files = new LinkedHashMap<>();
    final AtomicInteger reads = new AtomicInteger();
    private final String platform;
    private final String backend;

    FakeNatives(String platform, String content) {
        this.platform = platform;
        backend = "cpu";
        put(CORE, content + " core");
        put(MODULE, content + " a");
        put("libggml-cpu-b.so", content + " b");
        put(NativeIndex.FILE_NAME, index("1"));
    }

    /** The module {@code libggml-cuda.so} alone. */
    private FakeNatives(String backend) {
        platform = "linux-x86_64";
        this.backend = backend;
        put("libggml-cuda.so", backend);
        put(NativeIndex.FILE_NAME, index("1").replaceAll("core=.*\nmodules=.*", "modules=libggml-cuda.so"));
    }

    static FakeNatives cuda(String backend) {
        return new FakeNatives(backend);
    }

    static FakeNatives linux() {
        return new FakeNatives("linux-x86_64", "content");
    }

    final void put(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    final String index(String format) {
        StringBuilder index = new StringBuilder("format=" + format + "\nabi.id=0123456789ab\nplatform=" + platform
                + "\nbackend=" + backend + "\ncore=" + CORE + "\nmodules=" + MODULE + ",libggml-cpu-b.so\n");
        files.forEach((name, bytes) -> {
            if (!name.equals(NativeIndex.FILE_NAME)) {
                index.append("file." + name + "=" + bytes.length + " " + Bytes.sha256(bytes) + "\n");
            }
        });
        return index.toString();
    }

    /** Writes the files as a folder that a user could name. */
    Path writeTo(Path folder) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, in a jar that this writes. */
    FakeNatives inJar(Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new JarEntry(file.getKey()));
                out.write(file.getValue());
            }
        }
        return new FakeNatives(platform, "content") {
            @Override
            public URL resource(String name) {
                try {
                    return files.containsKey(name) ? URI.create("jar:" + jar.toUri() + "!/" + name).toURL() : null;
                } catch (MalformedURLException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    PackedNatives packed() throws Unusable {
        return PackedNatives.of(this);
    }

    @Override
    public String platform() {
        return platform;
    }

    @Override
    public String backend() {
        return backend;
    }

    @Override
    public URL resource(String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            return null;
        }
        try {
            return URL.of(URI.create("fake:/" + name), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {}

                        @Override
                        public InputStream getInputStream() throws IOException {
                            reads.incrementAndGet();
                            return open(name, bytes);
                        }
                    };
                }
            });
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream open(String name, byte[] bytes) throws IOException {
        return new ByteArrayInputStream(bytes);
    }
}

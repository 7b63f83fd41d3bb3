import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Whether a staged Maven repository is what Maven Central takes and what our documentation says; ci/release runs it.
 *
 * <p>Arguments: the repository and its version. Prints a table, and ends with 1 if something is wrong.
 */
final class StagedRepository {

    private static final String GROUP = "io/github/llamaffm";
    private static final Map<String, String> SUMS = Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");
    private static final List<String> WANTED = List.of("name", "description", "url", "licenses", "developers", "scm");
    private static final List<String> LICENCES = List.of("NOTICE", "llama.cpp/LICENSE", "llama.cpp/LICENSE-bundled", "zig/LICENSE",
            "zig/LICENSE-llvm", "zig/LICENSE-glibc", "zig/LICENSE-musl", "zig/LICENSE-mingw-w64");

    /** By backend, in bytes; of CUDA it depends on the list of architectures. */
    private static final Map<String, Long> LARGEST_JAR = Map.of("cpu", 15_000_000L, "vulkan", 30_000_000L);

    /** What Central takes in one upload, in bytes. */
    private static final long LARGEST_UPLOAD = 1_000_000_000L;
    private static final String NATIVES = "META-INF/llama-ffm/natives/";
    private static final String INDEX = "index.properties";

    private final Path group;
    private final String version;
    private final List<String> errors = new ArrayList<>();

    private StagedRepository(Path repository, String version) {
        this.group = repository.resolve(GROUP);
        this.version = version;
    }

    public static void main(String... arguments) throws Exception {
        System.exit(new StagedRepository(Path.of(arguments[0]), arguments[1]).check());
    }

    private int check() throws Exception {
        List<String> rows = new ArrayList<>();
        try (Stream<Path> artifacts = Files.list(group)) {
            for (Path artifact : artifacts.sorted().toList()) {
                rows.add(artifact(artifact.getFileName().toString(), artifact.resolve(version)));
            }
        }
        IO.println("\n| Artifact | Packaging | Jars (kB) | Wrong |\n|---|---|---|---|");
        rows.forEach(IO::println);
        IO.println("");
        upload();
        errors.forEach(error -> IO.println("- **" + error + "**"));
        IO.println(errors.isEmpty() ? "- nothing is missing or wrong in these " + rows.size() + " artifacts" : "- " + errors.size() + " errors");
        return errors.isEmpty() ? 0 : 1;
    }

    private void upload() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(group)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        long size = 0;
        for (Path file : files) {
            size += Files.size(file);
        }
        IO.println("- to upload: " + files.size() + " files, " + size / 1_000_000 + " MB");
        if (size > LARGEST_UPLOAD) {
            errors.add("all files have " + size + " bytes, and Central takes " + LARGEST_UPLOAD + " in one upload");
        }
    }

    private String artifact(String name, Path folder) throws Exception {
        int before = errors.size();
        String base = name + "-" + version;
        TreeSet<String> files = new TreeSet<>();
        try (Stream<Path> list = Files.list(folder)) {
            list.map(file -> file.getFileName().toString()).forEach(files::add);
        }
        for (String file : files) {
            if (!file.endsWith(".asc") && SUMS.keySet().stream().noneMatch(sum -> file.endsWith("." + sum))) {
                isSignedAndSummed(folder.resolve(file), files);
            }
        }
        Element pom = pom(name);
        String packaging = text(pom, "packaging", "jar");
        for (String element : WANTED) {
            if (!inherited(pom, element)) {
                errors.add(name + ": the pom has no " + element);
            }
        }
        if (Files.readString(folder.resolve(base + ".pom")).contains("-SNAPSHOT")) {
            errors.add(name + ": the pom names a snapshot");
        }
        dependenciesAreStaged(name, pom);
        StringBuilder jars = new StringBuilder();
        if (packaging.equals("jar") || files.contains(base + ".jar")) {
            for (String wanted : List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")) {
                if (!files.contains(base + wanted)) {
                    errors.add(name + ": no " + base + wanted);
                }
            }
            for (String file : files) {
                if (file.endsWith(".jar")) {
                    jars.append(jars.isEmpty() ? "" : ", ").append(jar(name, folder.resolve(file), file.substring(base.length(), file.length() - 4)));
                }
            }
        }
        return "| " + name + " | " + packaging + " | " + jars + " | " + (errors.size() - before) + " |";
    }

    private void isSignedAndSummed(Path file, TreeSet<String> files) throws IOException, GeneralSecurityException {
        String name = file.getFileName().toString();
        if (!files.contains(name + ".asc")) {
            errors.add(name + ": no signature");
        }
        for (Map.Entry<String, String> sum : SUMS.entrySet()) {
            String digest = HexFormat.of().formatHex(MessageDigest.getInstance(sum.getValue()).digest(Files.readAllBytes(file)));
            if (!files.contains(name + "." + sum.getKey()) || !Files.readString(file.resolveSibling(name + "." + sum.getKey())).strip().equals(digest)) {
                errors.add(name + ": " + sum.getKey() + " is missing or wrong");
            }
        }
    }

    /** What a jar is, for the table: its classifier and size. */
    private String jar(String artifact, Path file, String suffix) throws IOException {
        long size = Files.size(file);
        String classifier = suffix.isEmpty() ? "" : suffix.substring(1);
        if (artifact.startsWith("llama-ffm-native-") && !List.of("", "sources", "javadoc").contains(classifier)) {
            nativeJar(artifact, file, classifier, size);
        }
        return (classifier.isEmpty() ? "main" : classifier) + " " + (size + 999) / 1000;
    }

    private void nativeJar(String artifact, Path file, String classifier, long size) throws IOException {
        String backend = artifact.substring("llama-ffm-native-".length());
        if (size >= LARGEST_JAR.getOrDefault(backend, LARGEST_UPLOAD)) {
            errors.add(file.getFileName() + ": " + size + " bytes");
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            String own = NATIVES + classifier + "/" + backend + "/";
            jar.stream().map(ZipEntry::getName)
                    .filter(name -> name.startsWith(NATIVES) && !name.endsWith("/") && !name.startsWith(own))
                    .findFirst()
                    .ifPresent(name -> errors.add(file.getFileName() + ": has " + name + " of another platform"));
            Properties index = index(jar, own);
            if (index.isEmpty()) {
                errors.add(file.getFileName() + ": no libraries for " + classifier);
            } else {
                libraries(file, jar, own, index);
                if (!classifier.equals(index.getProperty("platform"))) {
                    errors.add(file.getFileName() + ": its libraries are for " + index.getProperty("platform"));
                }
                if (!backend.equals("cpu")) {
                    module(file, backend, classifier, index);
                }
            }
            for (String licence : LICENCES) {
                if (jar.getEntry("META-INF/licenses/" + licence) == null) {
                    errors.add(file.getFileName() + ": no " + licence);
                }
            }
            ZipEntry notice = jar.getEntry("META-INF/licenses/NOTICE");
            if (notice != null && !new String(jar.getInputStream(notice).readAllBytes(), UTF_8).contains(": " + artifact + " ==")) {
                errors.add(file.getFileName() + ": its NOTICE does not say what is in it");
            }
        }
        if (!isModule(file)) {
            errors.add(file.getFileName() + ": no module that provides its libraries");
        }
    }

    private static boolean isModule(Path file) {
        try {
            return ModuleFinder.of(file).findAll().stream()
                    .anyMatch(found -> !found.descriptor().isAutomatic() && found.descriptor().provides().size() == 1);
        } catch (FindException e) {
            return false; // without a descriptor, its file's name would have to be one of a module
        }
    }

    /** Empty where there is none. */
    private static Properties index(JarFile jar, String folder) throws IOException {
        Properties index = new Properties();
        ZipEntry entry = jar.getEntry(folder + INDEX);
        if (entry != null) {
            index.load(jar.getInputStream(entry));
        }
        return index;
    }

    private void libraries(Path file, JarFile jar, String folder, Properties index) {
        TreeSet<String> found = new TreeSet<>();
        jar.stream().map(ZipEntry::getName)
                .filter(name -> name.startsWith(folder) && !name.endsWith("/"))
                .forEach(name -> found.add(name.substring(folder.length())));
        found.remove(INDEX);
        if (!found.equals(listed(index))) {
            errors.add(file.getFileName() + ": has " + found + ", its index lists " + listed(index));
        }
    }

    private static TreeSet<String> listed(Properties index) {
        TreeSet<String> files = new TreeSet<>();
        index.stringPropertyNames().stream().filter(key -> key.startsWith("file.")).forEach(key -> files.add(key.substring("file.".length())));
        return files;
    }

    /** A GPU's jar has that one module, so nothing of NVIDIA's, and it is for the core that is staged. */
    private void module(Path file, String backend, String classifier, Properties index) throws IOException {
        String name = (classifier.startsWith("windows-") ? "ggml-" : "libggml-") + backend.replaceAll("[0-9]+$", "")
                + (classifier.startsWith("windows-") ? ".dll" : ".so");
        TreeSet<String> listed = listed(index);
        if (!listed.equals(Set.of(name)) || !name.equals(index.getProperty("modules"))) {
            errors.add(file.getFileName() + ": has " + listed + ", not " + name + " alone");
        }
        String artifact = "llama-ffm-native-cpu";
        Path cpu = group.resolve(artifact).resolve(version).resolve(artifact + "-" + version + "-" + classifier + ".jar");
        if (!Files.exists(cpu)) {
            errors.add(file.getFileName() + ": " + cpu.getFileName() + " is not there, whose core it needs");
            return;
        }
        try (JarFile jar = new JarFile(cpu.toFile())) {
            Properties core = index(jar, NATIVES + classifier + "/cpu/");
            if (!index.getProperty("abi.id").equals(core.getProperty("abi.id")) || !compiler(index).equals(compiler(core))) {
                errors.add(file.getFileName() + ": of ABI " + index.getProperty("abi.id") + " by " + compiler(index) + ", its core of "
                        + core.getProperty("abi.id") + " by " + compiler(core));
            }
        }
    }

    private static String compiler(Properties index) {
        return index.getProperty("toolchain", "").split(",", 2)[0];
    }

    /** Of the artifact itself; what a bill of materials manages may be published elsewhere. */
    private void dependenciesAreStaged(String name, Element pom) {
        Element dependencies = child(pom, "dependencies");
        NodeList list = dependencies == null ? pom.getElementsByTagName("absent") : dependencies.getElementsByTagName("dependency");
        for (int i = 0; i < list.getLength(); i++) {
            Element dependency = (Element) list.item(i);
            String artifact = text(dependency, "artifactId", "");
            String classifier = text(dependency, "classifier", "");
            if (!text(dependency, "groupId", "").equals("io.github.llamaffm") || List.of("test", "provided").contains(text(dependency, "scope", "compile"))
                    || classifier.contains("${")) {
                continue;
            }
            String file = artifact + "-" + version + (classifier.isEmpty() ? "" : "-" + classifier) + ".jar";
            if (!Files.exists(group.resolve(artifact).resolve(version).resolve(file))) {
                errors.add(name + ": needs " + file + ", which is not there");
            }
        }
    }

    private Element pom(String artifact) throws Exception {
        Path file = group.resolve(artifact).resolve(version).resolve(artifact + "-" + version + ".pom");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement();
    }

    private boolean inherited(Element pom, String element) throws Exception {
        if (child(pom, element) != null) {
            return true;
        }
        Element parent = child(pom, "parent");
        // A name is of one artifact.
        return parent != null && !List.of("name", "description").contains(element) && inherited(pom(text(parent, "artifactId", "")), element);
    }

    private static String text(Element element, String name, String absent) {
        Element child = child(element, name);
        return child == null ? absent : child.getTextContent().strip();
    }

    private static Element child(Element element, String name) {
        for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child && child.getTagName().equals(name)) {
                return child;
            }
        }
        return null;
    }
}

package io.github.llamaffm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What is published, and said in more than one file, is the same in all. */
class ArtifactsTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> NOT_SOURCES = List.of("target", "build", ".git", "third_party");
    private static final String CPU = "llama-ffm-native-cpu ";

    /** What parents and artifacts that are never deployed have in their poms, and the bill of materials itself. */
    private static final List<String> NOT_DEPENDED_ON = List.of(
            "llama-ffm-parent", "llama-ffm-native", "llama-ffm-bom", "llama-ffm-cuda-runtime", "llama-ffm-native-cuda12",
            "llama-ffm-examples", "llama-ffm-benchmarks");

    private static Element pom(String path) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(ROOT.resolve(path).toFile()).getDocumentElement();
    }

    private static String text(Element element, String child) {
        NodeList children = element.getElementsByTagName(child);
        return children.getLength() == 0 ? "" : children.item(0).getTextContent().strip();
    }

    /** Artifact and classifier of each dependency of ours. */
    private static List<String> dependencies(String path) throws Exception {
        List<String> found = new ArrayList<>();
        NodeList dependencies = pom(path).getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            found.add((text(dependency, "artifactId") + " " + text(dependency, "classifier")).strip());
        }
        return found;
    }

    private static List<String> cpu(List<String> dependencies) {
        return dependencies.stream().filter(dependency -> dependency.startsWith(CPU)).sorted().toList();
    }

    /** The words of a variable of {@code ci/lib.sh}. */
    private static Stream<String> list(String variable) throws IOException {
        Matcher matcher = Pattern.compile("^" + variable + "=\"(.*)\"$", Pattern.MULTILINE).matcher(Files.readString(ROOT.resolve("ci/lib.sh")));
        assertThat(matcher.find()).isTrue();
        return Stream.of(matcher.group(1).split(" "));
    }

    private static List<String> platforms() throws IOException {
        return list("release_platforms").map(platform -> CPU + platform).sorted().toList();
    }

    /** Sources only: what builds leave behind may be a hundred thousand files. */
    private static List<Path> files(String name) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_SOURCES.contains(folder.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith(name)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    @Test
    void everyPlatformIsInAllTheBomAndARelease() throws Exception {
        assertThat(cpu(dependencies("all/pom.xml"))).isEqualTo(platforms()).hasSize(8);
        assertThat(cpu(dependencies("bom/pom.xml"))).isEqualTo(platforms());
    }

    @Test
    void everyGpuModuleIsInTheBomAndARelease() throws Exception {
        List<String> modules = list("release_modules")
                .map(module -> "llama-ffm-native-" + module.replaceFirst("(.*)-(.*)", "$2 $1"))
                .toList();

        assertThat(dependencies("bom/pom.xml").stream().filter(name -> name.startsWith("llama-ffm-native-") && !name.startsWith(CPU)))
                .containsExactlyInAnyOrderElementsOf(modules);
    }

    @Test
    void theLoaderKnowsThePlatformsOfARelease() throws IOException {
        String source = Files.readString(ROOT.resolve("bindings/src/main/java/io/github/llamaffm/bindings/Platform.java"));
        Matcher list = Pattern.compile("PUBLISHED = List\\.of\\(([^;]*)\\);").matcher(source);

        assertThat(list.find()).isTrue();
        assertThat(Pattern.compile("\"([^\"]+)\"").matcher(list.group(1)).results().map(name -> CPU + name.group(1)))
                .containsExactlyInAnyOrderElementsOf(platforms());
    }

    @Test
    void theBomNamesEveryArtifact() throws Exception {
        TreeSet<String> published = new TreeSet<>();
        for (Path file : files("pom.xml")) {
            Element pom = pom(ROOT.relativize(file).toString());
            String artifact = Stream.iterate(pom.getFirstChild(), node -> node != null, node -> node.getNextSibling())
                    .filter(node -> node.getNodeName().equals("artifactId"))
                    .findFirst()
                    .orElseThrow()
                    .getTextContent();
            if (artifact.startsWith("llama-ffm")) {
                published.add(artifact);
            }
        }
        published.removeAll(NOT_DEPENDED_ON);

        assertThat(dependencies("bom/pom.xml").stream().map(dependency -> dependency.split(" ")[0]).distinct())
                .containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void theNoticeNamesTheCompilerWhoseCodeIsInside() throws IOException {
        Matcher pin = Pattern.compile("ziglang==([0-9.]+)").matcher(Files.readString(ROOT.resolve("native/cmake/requirements.txt")));

        assertThat(pin.find()).isTrue();
        assertThat(Files.readString(ROOT.resolve("NOTICE"))).contains("\nbuilt with zig " + pin.group(1) + " ");
    }

    @Test
    void everyModuleSaysWhatItIs() throws IOException {
        List<Path> descriptors = files("module-info.java").stream().filter(file -> !file.toString().contains("/consumers/")).toList();

        assertThat(descriptors).hasSizeGreaterThan(6);
        for (Path descriptor : descriptors) {
            assertThat(Files.readString(descriptor)).as(descriptor.toString()).containsPattern("(?s)^/\\*\\*\\s.{40,}?\\*/\\s*(@\\w+\\(.*?\\)[^\n]*\\s*)*module ");
        }
    }
}

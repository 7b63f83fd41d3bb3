package io.github.llamaffm.faults;
import java.nio.file.Path;
final class WriteWorld { public static void main(String[] a) { World.writeFiles(Path.of(a[0])); } }

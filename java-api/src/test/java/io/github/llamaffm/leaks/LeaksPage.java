package io.github.llamaffm.leaks;
import java.util.List;
final class LeaksPage { static void write(List<Measurement> found, boolean l) {} }

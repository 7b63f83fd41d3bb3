package io.github.llamaffm;

/** A model on the class path. */
record ResourceSource(String name, ClassLoader loader) implements ModelSource {

    @Override
    public String toString() {
        return "resource " + name;
    }
}

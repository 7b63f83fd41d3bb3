package io.github.llamaffm.bindings;

/** A process that asks for the native library twice and prints the failures. */
final class LoadingProcess {

    private LoadingProcess() {}

    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) {
            try {
                NativeLibrary.lookup();
            } catch (NativeLoadException e) {
                System.out.println(e.getMessage());
                System.out.println("--");
            }
        }
    }
}

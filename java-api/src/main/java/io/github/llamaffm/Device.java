package io.github.llamaffm;

/**
 * Something that can compute.
 *
 * @param name ggml's name, such as {@code CPU} or {@code CUDA0}
 * @param description such as the name of the processor or the card
 * @param id PCI address or UUID, the same in every process; of an RPC device the server's address and the device's number
 *     there, such as {@code 10.0.0.7:50052/0}; empty where there is none
 * @param type what it is
 * @param backend the library that drives it, such as {@code CPU}, {@code CUDA}, {@code Vulkan}
 * @param memoryFree in bytes, when the list was made; for the CPU that of the machine, not of the container
 * @param memoryTotal in bytes
 */
public record Device(
        String name, String description, String id, Type type, String backend, long memoryFree, long memoryTotal) {

    /** Whether it is a graphics unit, with memory of its own or not; so is a device of an RPC server. */
    public boolean isGpu() {
        return type == Type.GPU || type == Type.INTEGRATED_GPU;
    }

    /** What a device is. The order is that of {@code enum ggml_backend_dev_type}. */
    public enum Type {
        /** The processor, with the machine's memory. */
        CPU,
        /** A card with memory of its own. */
        GPU,
        /** A graphics unit that shares the machine's memory. */
        INTEGRATED_GPU,
        /** A helper of the CPU, such as a BLAS library. */
        ACCELERATOR,
        /** Several devices that act as one. */
        META
    }
}

package io.github.llamaffm;

/**
 * What of a model lies on one device.
 *
 * @param device the CPU stands for the memory of the host
 * @param layers repeating layers of which more bytes lie there than on any other device
 * @param bytes of the buffers with weights; mapped ones count with what is mapped, resident or not
 */
public record Placement(Device device, int layers, long bytes) {}

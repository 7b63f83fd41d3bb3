package io.github.llamaffm;

/**
 * What of a model lies on one device.
 *
 * @param device the CPU stands for the memory of the host
 * @param layers repeating layers of which more bytes lie there than on any other device
 * @param bytes of the weights that lie there; of mapped ones too, resident or not
 */
public record Placement(Device device, int layers, long bytes) {}

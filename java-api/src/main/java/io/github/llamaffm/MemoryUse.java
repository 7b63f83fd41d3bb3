package io.github.llamaffm;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model and one context take.
 *
 * @param contextSize in tokens, as llama.cpp rounds it
 * @param trainedContextSize of the model, in tokens
 * @param parts the host, then the devices of the model in their order
 */
record MemoryUse(int contextSize, int trainedContextSize, List<Part> parts) {

    /**
     * On one device, in bytes.
     *
     * @param device the CPU for the host
     * @param mapped of the weights, pages of the file
     */
    record Part(Device device, long weights, long mapped, long kvCache, long compute) {

        long total() {
            return Math.addExact(weights, Math.addExact(kvCache, compute));
        }
    }

    /** llama.cpp rounds the tokens of a cache up to it. */
    static final int STEP = 256;

    /** For a larger context: above the size of any window, what a context takes grows in a straight line. */
    MemoryUse extrapolate(MemoryUse larger, long size) {
        long steps = (size - larger.contextSize) / STEP;
        long measured = (larger.contextSize - contextSize) / STEP;
        List<Part> extrapolated = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part from = parts.get(i);
            Part to = larger.parts.get(i);
            extrapolated.add(new Part(to.device, to.weights, to.mapped,
                    to.kvCache + (to.kvCache - from.kvCache) / measured * steps,
                    to.compute + (to.compute - from.compute) / measured * steps));
        }
        return new MemoryUse((int) Math.min(size, Integer.MAX_VALUE), trainedContextSize, List.copyOf(extrapolated));
    }
}

package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which cards the loaded module for CUDA has code for. It shows all of them as devices: on one that is older than all its code the first
 * kernel fails, when a model lies there already.
 *
 * @param capabilities of the cards in CUDA's order, such as 75 for 7.5; 0 where it is not known
 * @param oldest       that the module has code for; 0 where it does not tell
 * @param devices      that the module shows
 */
record CudaCards(List<Integer> capabilities, int oldest, long devices) {

    private static final String BACKEND = "CUDA";

    /** @param driver that is started */
    static CudaCards of(CudaDriver driver, Core core) throws Unusable {
        return new CudaCards(
                driver.capabilities(), oldest(core.feature(BACKEND, "ARCHS").orElse("")), core.deviceCount(BACKEND));
    }

    /** @param architectures the compiler's list, such as {@code 750,800,1200} */
    static int oldest(String architectures) {
        int oldest = Integer.MAX_VALUE;
        for (String architecture : architectures.split(",")) {
            try {
                oldest = Math.min(oldest, Integer.parseInt(architecture.strip()) / 10);
            } catch (NumberFormatException _) {
                return 0;
            }
        }
        return oldest;
    }

    /**
     * Names the devices that no model must go to.
     *
     * @return why it can be used for none of them; empty where it can
     */
    Optional<Unusable> leaveOut(LoadLog log) {
        List<Unusable> refused = new ArrayList<>();
        for (int device = 0; device < devices && !capabilities.isEmpty(); device++) {
            // GGML_CUDA_DEVICES shows each card as several.
            int capability = capabilities.get(device % capabilities.size());
            if (capability > 0 && capability < oldest) {
                Unusable reason = refusal(capability);
                refused.add(reason);
                log.leftOut(BACKEND + device, reason.text());
            }
        }
        return refused.isEmpty() || refused.size() < devices ? Optional.empty() : Optional.of(refused.getFirst());
    }

    private Unusable refusal(int capability) {
        return new Unusable(
                "the GPU has compute capability " + CudaDriver.capability(capability) + ", the module has code for "
                        + CudaDriver.capability(oldest) + " and newer",
                "To use it, take a module that has: llama-ffm-native-cuda12, or one that is built for its architecture.");
    }
}

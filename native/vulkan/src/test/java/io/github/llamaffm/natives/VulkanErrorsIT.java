package io.github.llamaffm.natives;

import java.util.List;

/** The Vulkan module. */
class VulkanErrorsIT extends ModuleErrors {

    VulkanErrorsIT() {
        super("vulkan", List.of("libvulkan.so.1"), "aborted on purpose", "ErrorDeviceLost");
    }
}

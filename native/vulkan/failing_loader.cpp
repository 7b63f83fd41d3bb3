// A Vulkan loader with one device that fails when told to: what shows, without a GPU, that an error in the module comes
// back as one (native/vulkan/failing-runtime). Only the functions up to the list of devices; the others do nothing.
#include <vulkan/vulkan_core.h>

#include <cstdio>
#include <cstring>

extern "C" [[noreturn]] void ggml_abort(const char * file, int line, const char * format, ...);

namespace {

enum { WORKS, ABORTS, FAILS };

int mode = WORKS;

VkResult nothing() { return VK_SUCCESS; }

VkResult none(uint32_t * count) {
    *count = 0;
    return VK_SUCCESS;
}

VkResult instance_extensions(const char *, uint32_t * count, VkExtensionProperties *) { return none(count); }
VkResult layers(uint32_t * count, VkLayerProperties *) { return none(count); }
VkResult device_extensions(VkPhysicalDevice, const char *, uint32_t * count, VkExtensionProperties *) { return none(count); }

VkResult version(uint32_t * version) {
    *version = VK_API_VERSION_1_3;
    return VK_SUCCESS;
}

VkResult create_instance(const VkInstanceCreateInfo *, const VkAllocationCallbacks *, VkInstance * instance) {
    *instance = reinterpret_cast<VkInstance>(&mode);
    return VK_SUCCESS;
}

VkResult devices(VkInstance, uint32_t * count, VkPhysicalDevice * devices) {
    if (mode == FAILS) {
        return VK_ERROR_DEVICE_LOST;
    }
    if (mode == ABORTS) {
        ggml_abort(__FILE__, __LINE__, "aborted on purpose");
    }
    *count = 1;
    if (devices) {
        *devices = reinterpret_cast<VkPhysicalDevice>(&mode);
    }
    return VK_SUCCESS;
}

void properties(VkPhysicalDevice, VkPhysicalDeviceProperties * properties) {
    *properties            = {};
    properties->apiVersion = VK_API_VERSION_1_3;
    properties->deviceType = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    std::snprintf(properties->deviceName, sizeof properties->deviceName, "Failing device");
}

void properties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2 * all) { properties(device, &all->properties); }

void memory(VkPhysicalDevice, VkPhysicalDeviceMemoryProperties * memory) {
    *memory                 = {};
    memory->memoryHeapCount = 1;
    memory->memoryHeaps[0]  = { 1 << 30, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT };
}

void memory2(VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties2 * all) { memory(device, &all->memoryProperties); }

const struct {
    const char *       name;
    PFN_vkVoidFunction function;
} functions[] = {
    { "vkEnumerateInstanceExtensionProperties", (PFN_vkVoidFunction) instance_extensions },
    { "vkEnumerateInstanceLayerProperties", (PFN_vkVoidFunction) layers },
    { "vkEnumerateDeviceExtensionProperties", (PFN_vkVoidFunction) device_extensions },
    { "vkEnumerateInstanceVersion", (PFN_vkVoidFunction) version },
    { "vkCreateInstance", (PFN_vkVoidFunction) create_instance },
    { "vkEnumeratePhysicalDevices", (PFN_vkVoidFunction) devices },
    { "vkGetPhysicalDeviceProperties", (PFN_vkVoidFunction) properties },
    { "vkGetPhysicalDeviceProperties2", (PFN_vkVoidFunction) properties2 },
    { "vkGetPhysicalDeviceMemoryProperties", (PFN_vkVoidFunction) memory },
    { "vkGetPhysicalDeviceMemoryProperties2", (PFN_vkVoidFunction) memory2 },
};

} // namespace

extern "C" {

void failing_runtime(int new_mode) { mode = new_mode; }

PFN_vkVoidFunction vkGetInstanceProcAddr(VkInstance, const char * name) {
    for (const auto & entry : functions) {
        if (std::strcmp(entry.name, name) == 0) {
            return entry.function;
        }
    }
    return (PFN_vkVoidFunction) nothing;
}
}

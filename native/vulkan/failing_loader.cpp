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
    properties->limits.maxComputeSharedMemorySize      = 1 << 16;
    properties->limits.maxStorageBufferRange           = 1 << 30;
    properties->limits.minStorageBufferOffsetAlignment = 16;
    std::snprintf(properties->deviceName, sizeof properties->deviceName, "Failing device");
}

// The structure of that type in a chain, or null.
template <typename T>
T * find(void * chain, VkStructureType type) {
    auto * next = static_cast<VkBaseOutStructure *>(chain);
    while (next && next->sType != type) {
        next = next->pNext;
    }
    return reinterpret_cast<T *>(next);
}

void properties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2 * all) {
    properties(device, &all->properties);
    if (auto * subgroup = find<VkPhysicalDeviceSubgroupProperties>(all->pNext, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES)) {
        subgroup->subgroupSize = 32;
    }
}

void memory(VkPhysicalDevice, VkPhysicalDeviceMemoryProperties * memory) {
    *memory                 = {};
    memory->memoryHeapCount = 1;
    memory->memoryHeaps[0]  = { 1 << 30, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT };
}

void memory2(VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties2 * all) { memory(device, &all->memoryProperties); }

void features2(VkPhysicalDevice, VkPhysicalDeviceFeatures2 * all) {
    if (auto * features = find<VkPhysicalDeviceVulkan11Features>(all->pNext, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)) {
        features->storageBuffer16BitAccess = VK_TRUE;
    }
}

void queues(VkPhysicalDevice, uint32_t * count, VkQueueFamilyProperties * queues) {
    *count = 1;
    if (queues) {
        *queues = { VK_QUEUE_COMPUTE_BIT | VK_QUEUE_TRANSFER_BIT, 1, 0, {} };
    }
}

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
    { "vkGetPhysicalDeviceFeatures2", (PFN_vkVoidFunction) features2 },
    { "vkGetPhysicalDeviceQueueFamilyProperties", (PFN_vkVoidFunction) queues },
};

} // namespace

extern "C" {

void vkGetPhysicalDeviceFeatures2(VkPhysicalDevice device, VkPhysicalDeviceFeatures2 * features) { features2(device, features); }

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

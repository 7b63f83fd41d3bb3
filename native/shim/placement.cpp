// Where the weights of a model lie. What llama.cpp logs and counts about offloading is what it meant to do; the buffers
// of the tensors are what came of it.
#include "device.h"
#include "guard.h"
#include "registry.h"

#include "ggml-backend.h"
#include "llama-model.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

namespace {

// Memory of the host that a GPU reads faster is still memory of the host.
ggml_backend_dev_t device_of(ggml_backend_buffer_t buffer) {
    ggml_backend_buffer_type_t type   = ggml_backend_buffer_get_type(buffer);
    ggml_backend_dev_t         device = ggml_backend_buft_get_device(type);
    return !device || (ggml_backend_buft_is_host(type) && type != ggml_backend_dev_buffer_type(device)) ? lf::host_device() : device;
}

struct placed {
    uint64_t bytes  = 0;
    int32_t  layers = 0;
};
using placed_by_device = std::map<ggml_backend_dev_t, placed>;

placed_by_device read(const llama_model & model) {
    placed_by_device                                      all;
    std::map<int, std::map<ggml_backend_dev_t, uint64_t>> layers;
    all[lf::host_device()];
    for (const auto & [name, tensor] : model.tensors_by_name) {
        if (!tensor->buffer || tensor->view_src) {
            continue;
        }
        ggml_backend_dev_t device = device_of(tensor->buffer);
        const uint64_t     bytes  = ggml_nbytes(tensor);
        all[device].bytes += bytes;
        // Of an encoder and a decoder ("enc.blk.0.", "dec.blk.0.") llama.cpp puts both layers of a number on one device.
        const char * block = strstr(name.c_str(), "blk.");
        int layer;
        if (block && sscanf(block, "blk.%d.", &layer) == 1) {
            layers[layer][device] += bytes;
        }
    }
    for (const auto & [layer, bytes] : layers) {
        const auto most = std::max_element(bytes.begin(), bytes.end(),
            [](const auto & a, const auto & b) { return a.second < b.second; });
        all[most->first].layers++;
    }
    return all;
}

// The host, then the registered devices, then those that were made of several.
std::vector<ggml_backend_dev_t> in_order(const placed_by_device & all) {
    std::vector<ggml_backend_dev_t> devices{ lf::host_device() };
    const auto                      add = [&](ggml_backend_dev_t device) {
        if (all.count(device) && std::find(devices.begin(), devices.end(), device) == devices.end()) {
            devices.push_back(device);
        }
    };
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        add(ggml_backend_dev_get(i));
    }
    for (const auto & [device, _] : all) {
        add(device);
    }
    return devices;
}

} // namespace

extern "C" int64_t lf_model_placement(const llama_model * model, lf_placement * out, int64_t capacity) {
    return lf::guard("lf_model_placement", [&]() -> int64_t {
        const lf::registry_reader lock;
        const placed_by_device    all     = read(*model);
        const auto                devices = in_order(all);
        for (size_t i = 0; i < devices.size() && static_cast<int64_t>(i) < capacity; i++) {
            const placed & placed = all.at(devices[i]);
            lf::describe_device(devices[i], out[i].device);
            out[i].bytes    = placed.bytes;
            out[i].layers   = placed.layers;
            out[i].reserved = 0;
        }
        return static_cast<int64_t>(devices.size());
    });
}

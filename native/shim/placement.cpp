// Where the weights of a model lie. What llama.cpp logs and counts about offloading is what it meant to do; the buffers
// of the tensors are what came of it.
#include "device.h"
#include "guard.h"
#include "registry.h"

#include "ggml-backend.h"
#include "llama-model.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <vector>

namespace {

ggml_backend_dev_t host() {
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
}

// Memory of the host that a GPU reads faster is still memory of the host.
ggml_backend_dev_t device_of(ggml_backend_buffer_type_t type) {
    ggml_backend_dev_t device = ggml_backend_buft_get_device(type);
    return !device || (ggml_backend_buft_is_host(type) && type != ggml_backend_dev_buffer_type(device)) ? host() : device;
}

struct placed {
    ggml_backend_dev_t device;
    uint64_t           bytes  = 0;
    int32_t            layers = 0;
};

class placements {
public:
    placed & operator[](ggml_backend_dev_t device) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const placed & p) { return p.device == device; });
        if (found != all.end()) {
            return *found;
        }
        all.push_back({ device });
        return all.back();
    }

    std::vector<placed> all;
};

} // namespace

extern "C" int64_t lf_model_placement(const llama_model * model, lf_placement * out, int64_t capacity) {
    return lf::guard("lf_model_placement", [&]() -> int64_t {
        const lf::registry_reader lock;
        placements                placements;
        placements[host()];
        for (const auto & [type, bytes] : model->memory_breakdown()) {
            if (bytes > 0) {
                placements[device_of(type)].bytes += bytes;
            }
        }
        std::map<int, std::map<ggml_backend_dev_t, uint64_t>> layers;
        for (const auto & [name, tensor] : model->tensors_by_name) {
            int layer;
            if (tensor->buffer && sscanf(name.c_str(), "blk.%d.", &layer) == 1) {
                layers[layer][device_of(ggml_backend_buffer_get_type(tensor->buffer))] += ggml_nbytes(tensor);
            }
        }
        for (const auto & [layer, bytes] : layers) {
            const auto most = std::max_element(bytes.begin(), bytes.end(),
                [](const auto & a, const auto & b) { return a.second < b.second; });
            placements[most->first].layers++;
        }
        const auto count = static_cast<int64_t>(placements.all.size());
        for (int64_t i = 0; i < count && i < capacity; i++) {
            const placed & place = placements.all[static_cast<size_t>(i)];
            lf::describe_device(place.device, out[i].device);
            out[i].bytes    = place.bytes;
            out[i].layers   = place.layers;
            out[i].reserved = 0;
        }
        return count;
    });
}

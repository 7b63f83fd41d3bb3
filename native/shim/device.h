// Devices by name, and what is told about one.
#pragma once

#include "llamaffm.h"

struct llama_model;

namespace lf {

// The CPU, whose memory is the host's.
ggml_backend_dev_t host_device();

// Fills in what lf_devices tells. Memory is 0 where the device cannot be asked.
void describe_device(ggml_backend_dev_t device, lf_device & out);

// The device of that name; throws lf::failure where there is none.
ggml_backend_dev_t device_named(const char * name);

// Whether CUDA has given up a device that the model uses, after an error that does not pass. Its driver then fails every call, and
// upstream's destructors abort: what lies there can only be left, until the process ends.
bool lost_device(const llama_model & model);

} // namespace lf

// How a device is described to Java.
#pragma once

#include "llamaffm.h"

namespace lf {

void describe(ggml_backend_dev_t device, lf_device & out);

} // namespace lf

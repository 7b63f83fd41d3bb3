package io.github.llamaffm.bindings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * What this machine shows of NVIDIA's driver besides its library: from a failure to the next thing to do.
 *
 * @param root        of the file system
 * @param environment variables
 */
record CudaMachine(Path root, UnaryOperator<String> environment) {

    private static final String INSTALL = "Install NVIDIA's driver, version 580 or newer for CUDA 13, 550 or newer for CUDA 12.";
    private static final String CONTAINER =
            "Start the container with the GPU: docker run --gpus all, with NVIDIA's container toolkit on the host.";

    static CudaMachine current() {
        return new CudaMachine(Path.of("/"), System::getenv);
    }

    /**
     * The driver's library does not open.
     *
     * @param reason what the system says
     */
    Unusable noDriver(String library, String reason) {
        // The kernel's part shows in every container of its machine.
        if (exists("proc/driver/nvidia/version")) {
            return new Unusable(
                    "the kernel has NVIDIA's driver, but its library is not here: " + reason,
                    inContainer() ? CONTAINER : "Install the libraries of the driver, " + library + " among them.");
        }
        String what = exists("dev/nvidiactl") ? "the library of NVIDIA's driver does not open: " : "no NVIDIA driver is installed: ";
        return new Unusable(
                what + reason,
                inContainer()
                        ? "This is a container without device files of NVIDIA. " + CONTAINER
                        : INSTALL);
    }

    /** @param status other than 0, from the driver */
    String remedy(int status) {
        return switch (status) {
            case 34 -> "This libcuda is the toolkit's stand-in for linking: remove its folder stubs from LD_LIBRARY_PATH.";
            case 100 -> noDevice();
            case 802 -> "Start NVIDIA's fabric manager (nvidia-fabricmanager), and wait until nvidia-smi shows the GPUs.";
            case 803 -> "The driver's library and the kernel's part are of different versions: restart the machine after an "
                    + "update of the driver; in a container, use the library of the host.";
            case 804 -> "This libcuda is of a package cuda-compat, which this GPU does not allow: remove its folder from "
                    + "LD_LIBRARY_PATH.";
            case 999 -> "Run nvidia-smi and look into the kernel's log; after a suspend, nvidia-modprobe -u or a restart helps.";
            default -> "Run nvidia-smi.";
        };
    }

    private String noDevice() {
        String visible = environment.apply("CUDA_VISIBLE_DEVICES");
        if (visible != null) {
            return "CUDA_VISIBLE_DEVICES is \"" + visible + "\": it hides every other GPU.";
        }
        // Windows' subsystem for Linux has none of them.
        if (!exists("dev/dxg") && (!exists("dev/nvidiactl") || !exists("dev/nvidia-uvm"))) {
            return "The device files /dev/nvidia* are missing. "
                    + (inContainer() ? CONTAINER : "Run nvidia-smi, which makes them where there is a GPU.");
        }
        return "Run nvidia-smi, which lists the GPUs of this machine.";
    }

    private boolean inContainer() {
        return Containers.isContainer(root, environment);
    }

    private boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }
}

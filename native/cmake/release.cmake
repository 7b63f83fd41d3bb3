# Toolchain file of the libraries that are released: zig's compiler for LLAMAFFM_PLATFORM, on Linux x86-64.
# LLAMAFFM_ZIG is the zig (native/cmake/requirements.txt), LLAMAFFM_TOOLKIT, for a GPU module, what compiles for the GPU.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LLAMAFFM_PLATFORM LLAMAFFM_ZIG LLAMAFFM_TOOLKIT)

if(LLAMAFFM_PLATFORM MATCHES "^linux-")
    set(CMAKE_SYSTEM_NAME Linux)
elseif(LLAMAFFM_PLATFORM MATCHES "^windows-")
    set(CMAKE_SYSTEM_NAME Windows)
elseif(LLAMAFFM_PLATFORM MATCHES "^osx-")
    set(CMAKE_SYSTEM_NAME Darwin)
else()
    message(FATAL_ERROR "LLAMAFFM_PLATFORM is '${LLAMAFFM_PLATFORM}', no platform. native/build release-PLATFORM sets it.")
endif()
if(LLAMAFFM_PLATFORM MATCHES "-x86_64")
    set(CMAKE_SYSTEM_PROCESSOR x86_64)
else()
    set(CMAKE_SYSTEM_PROCESSOR aarch64)
endif()

# The oldest C library that has all that is called; of macOS, what JDK 25 runs on.
set(target_linux-x86_64 x86_64-linux-gnu.2.17)
set(target_linux-aarch_64 aarch64-linux-gnu.2.17)
set(target_linux-x86_64-musl x86_64-linux-musl)
set(target_linux-aarch_64-musl aarch64-linux-musl)
set(target_windows-x86_64 x86_64-windows-gnu)
set(target_windows-aarch_64 aarch64-windows-gnu)
set(target_osx-x86_64 x86_64-macos.11.0)
set(target_osx-aarch_64 aarch64-macos.11.0)
set(target "${target_${LLAMAFFM_PLATFORM}}")

set(CMAKE_C_COMPILER "${CMAKE_CURRENT_LIST_DIR}/compiler" "${LLAMAFFM_ZIG}" cc ${target})
set(CMAKE_CXX_COMPILER "${CMAKE_CURRENT_LIST_DIR}/compiler" "${LLAMAFFM_ZIG}" c++ ${target})

if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
    # CMake asks the Mac that it expects to run on.
    set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/darwin.cmake")
    set(CMAKE_OSX_SYSROOT "")
    # Only installing would call it.
    set(CMAKE_INSTALL_NAME_TOOL true)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
    # Nothing here has resources.
    set(CMAKE_RC_COMPILER llvm-rc)
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    # Neither a debugging database nor a list of objects: their paths would be those of this machine.
    foreach(kind EXE SHARED MODULE)
        set(CMAKE_${kind}_LINKER_FLAGS_INIT -s)
    endforeach()
endif()

if(EXISTS "${LLAMAFFM_TOOLKIT}/bin/nvcc")
    # nvcc calls its host compiler by one name.
    set(CMAKE_CUDA_HOST_COMPILER "${CMAKE_BINARY_DIR}/host-compiler")
    list(JOIN CMAKE_CXX_COMPILER " " host_compiler)
    file(CONFIGURE OUTPUT "${CMAKE_CUDA_HOST_COMPILER}" CONTENT "#!/bin/sh\nexec @host_compiler@ \"$@\"\n" @ONLY)
    file(CHMOD "${CMAKE_CUDA_HOST_COMPILER}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
    # Its headers refuse clang's C++ library on x86 unless they are told.
    set(CMAKE_CUDA_FLAGS_INIT "-D_ALLOW_UNSUPPORTED_LIBCPP -I${CMAKE_CURRENT_LIST_DIR}/../cuda/libcxx")
endif()

# Nothing of this machine is for the target.
set(CMAKE_FIND_ROOT_PATH "${CMAKE_CURRENT_LIST_DIR}" ${LLAMAFFM_TOOLKIT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

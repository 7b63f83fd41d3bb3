# GPU modules for a finished core library (docs/decisions/0014-gpu-modules-for-a-finished-core.md): LLAMAFFM_CORE is linked, not built.
# Upstream's objects are compiled once and linked twice: upstream's way into bin/, for its own tools, and against our core
# into modules/. For Windows LLAMAFFM_CORE is the core's import library.
if(NOT EXISTS "${LLAMAFFM_CORE}")
    message(FATAL_ERROR "LLAMAFFM_CORE names no file: '${LLAMAFFM_CORE}'. Give the core library that the module is for: -DLLAMAFFM_CORE=FOLDER/libllamaffm-<abi>.so (native/build cpu makes it).")
endif()

add_library(llamaffm-core SHARED IMPORTED)
set_target_properties(llamaffm-core PROPERTIES IMPORTED_LOCATION "${LLAMAFFM_CORE}" IMPORTED_IMPLIB "${LLAMAFFM_CORE}")

# llamaffm_module(NAME LIBRARIES...): upstream's ggml-NAME as our module, target llamaffm-NAME.
function(llamaffm_module name)
    # Unique symbols would keep a module in memory after it was closed.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(ggml-${name} PRIVATE
            "$<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>" "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-fno-gnu-unique>")
    endif()
    add_library(llamaffm-${name} MODULE "$<TARGET_OBJECTS:ggml-${name}>" ${llamaffm_types})
    target_link_libraries(llamaffm-${name} PRIVATE llamaffm-core ${ARGN})
    set_target_properties(llamaffm-${name} PROPERTIES
        OUTPUT_NAME ggml-${name}
        LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/modules"
        LINKER_LANGUAGE CXX
        INSTALL_RPATH "${CMAKE_INSTALL_RPATH}")
    if(WIN32)
        set_target_properties(llamaffm-${name} PROPERTIES PREFIX "")
    endif()
    if((UNIX AND NOT APPLE) OR MINGW)
        target_link_options(llamaffm-${name} PRIVATE "LINKER:--no-undefined" "LINKER:--as-needed"
            "LINKER:--version-script=${CMAKE_CURRENT_SOURCE_DIR}/native/module.map")
        set_target_properties(llamaffm-${name} PROPERTIES LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/module.map")
    elseif(APPLE)
        target_link_options(llamaffm-${name} PRIVATE "LINKER:-exported_symbol,_ggml_backend_init")
    endif()
endfunction()

if(GGML_CUDA)
    llamaffm_module(cuda CUDA::cudart CUDA::cublas CUDA::cuda_driver)
    # Upstream's tools find the toolkit's libraries without an environment variable.
    set_target_properties(ggml-cuda PROPERTIES INSTALL_RPATH "${CMAKE_INSTALL_RPATH};$<TARGET_FILE_DIR:CUDA::cudart>")
endif()

if(GGML_VULKAN)
    llamaffm_module(vulkan Vulkan::Vulkan)
endif()

if(GGML_METAL)
    llamaffm_module(metal "${FOUNDATION_LIBRARY}" "${METAL_FRAMEWORK}" "${METALKIT_FRAMEWORK}")
endif()

# The core library. One library instead of upstream's five: a C++ exception keeps its type up to the shim, and there is
# no load order (docs/decisions/0001-one-core-library.md). Nothing of upstream is patched: each of its targets lends its
# sources, include directories and definitions to an object library here, and the objects go into `ggml-base`, the one
# target that every backend module links.
#
# One object library per upstream target: merged, their private headers of the same name (unicode.h) would collide.

file(READ "${CMAKE_CURRENT_SOURCE_DIR}/bindings/bindings.lock" bindings_lock)
string(REGEX MATCH "abi\\.id=([0-9a-f]+)" _ "${bindings_lock}")
set(LLAMAFFM_ABI_ID "${CMAKE_MATCH_1}")
string(LENGTH "${LLAMAFFM_ABI_ID}" abi_id_length)
if(NOT abi_id_length EQUAL 12)
    message(FATAL_ERROR "bindings/bindings.lock has no abi.id of 12 hexadecimal digits. Run ci/bindings.")
endif()

find_package(Threads REQUIRED)

# llamaffm_objects(NAME UPSTREAM [REGEX]): all of its sources, or those that match.
function(llamaffm_objects name upstream)
    get_target_property(sources ${upstream} SOURCES)
    get_target_property(source_dir ${upstream} SOURCE_DIR)
    list(FILTER sources INCLUDE REGEX "\\.(c|cpp)$")
    if(ARGC GREATER 2)
        list(FILTER sources INCLUDE REGEX "${ARGV2}")
    endif()
    list(TRANSFORM sources PREPEND "${source_dir}/" REGEX "^[^/]")
    add_library(${name} OBJECT ${sources})
    target_include_directories(${name} PRIVATE "$<TARGET_PROPERTY:${upstream},INCLUDE_DIRECTORIES>")
    target_compile_definitions(${name} PRIVATE "$<TARGET_PROPERTY:${upstream},COMPILE_DEFINITIONS>")
    target_compile_options(${name} PRIVATE "$<TARGET_PROPERTY:${upstream},COMPILE_OPTIONS>")
    target_compile_features(${name} PRIVATE c_std_11 cxx_std_17)
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_sources(ggml-base PRIVATE "$<TARGET_OBJECTS:${name}>")
endfunction()

llamaffm_objects(llamaffm-ggml ggml)
llamaffm_objects(llamaffm-llama llama)
llamaffm_objects(llamaffm-mtmd mtmd)
# Chat without what surrounds it upstream: arguments, downloads, consoles, a logger that prints. The few functions that it
# misses then are in native/shim/common_stand_ins.cpp.
llamaffm_objects(llamaffm-common llama-common "(^|/)(chat[a-z-]*|peg-parser|json[a-z-]*|unicode|trie|jinja/[a-z]+|parsers/[a-z0-9-]+)\\.cpp$")

# What templates do is counted (native/shim/budget.h).
get_target_property(common_sources llamaffm-common SOURCES)
list(FILTER common_sources INCLUDE REGEX "/(jinja/[a-z]+|common/chat)\\.cpp$")
set_source_files_properties(${common_sources} TARGET_DIRECTORY llamaffm-common PROPERTIES COMPILE_OPTIONS
    "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/templates.h>")

# Upstream's targets carry what their usage requirements add only once they are linked to something.
target_include_directories(llamaffm-ggml PRIVATE "${LLAMA_CPP_DIR}/ggml/include" "${LLAMA_CPP_DIR}/ggml/src")
target_include_directories(llamaffm-llama PRIVATE "${LLAMA_CPP_DIR}/ggml/include" "${LLAMA_CPP_DIR}/include")
target_include_directories(llamaffm-mtmd PRIVATE "${LLAMA_CPP_DIR}/ggml/include" "${LLAMA_CPP_DIR}/include")
target_include_directories(llamaffm-common PRIVATE "${LLAMA_CPP_DIR}/ggml/include" "${LLAMA_CPP_DIR}/include")
target_link_libraries(llamaffm-common PRIVATE vendor::nlohmann)
foreach(objects llamaffm-ggml llamaffm-llama llamaffm-mtmd llamaffm-common)
    target_compile_definitions(${objects} PRIVATE GGML_BACKEND_DL GGML_SHARED GGML_BUILD LLAMA_SHARED)
endforeach()
target_link_libraries(llamaffm-mtmd PRIVATE vendor::hash vendor::miniaudio vendor::stb vendor::sheredom)

# As upstream: its many model files are compiled some at a time, where it says so, the rest one by one.
get_target_property(unity llama UNITY_BUILD)
if(unity)
    get_target_property(batch llama UNITY_BUILD_BATCH_SIZE)
    set_target_properties(llamaffm-llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${batch})
endif()
get_target_property(llama_sources llamaffm-llama SOURCES)
list(FILTER llama_sources EXCLUDE REGEX "/src/models/")
set_source_files_properties(${llama_sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# ggml's backtrace forks a debugger. The shim makes sure that it is never reached; this makes sure that it could not.
set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml.c" TARGET_DIRECTORY ggml-base
    PROPERTIES COMPILE_DEFINITIONS "fork=lf_no_fork;execlp=lf_no_exec")

# Only glibc lets a library end the process in order while a call of it is under way (native/shim/guard.cpp). Elsewhere nothing is
# destroyed at the end that such a call may still use, where the compiler can do that.
include(CheckCXXCompilerFlag)
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR LLAMAFFM_PLATFORM MATCHES "-musl$")
    check_cxx_compiler_flag(-fc++-static-destructors=thread-local LLAMAFFM_CAN_KEEP_STATICS)
    if(LLAMAFFM_CAN_KEEP_STATICS)
        foreach(target ggml-base llamaffm-ggml llamaffm-llama llamaffm-mtmd llamaffm-common ${GGML_AVAILABLE_BACKENDS})
            target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-fc++-static-destructors=thread-local>")
        endforeach()
    endif()
endif()

if(APPLE)
    # ggml's terminate handler: there is no way to be there before it.
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml.cpp" TARGET_DIRECTORY ggml-base
        PROPERTIES COMPILE_DEFINITIONS "set_terminate=lf_keep_terminate")
    get_target_property(hash vendor::hash ALIASED_TARGET)
    set_target_properties("${hash}" PROPERTIES C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
    # Exported: what the headers declare as C functions. Elsewhere that is in core.map and module.map.
    set_target_properties(ggml-base llamaffm-ggml llamaffm-llama llamaffm-mtmd llamaffm-common ${GGML_AVAILABLE_BACKENDS} PROPERTIES
        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endif()

set(shim_sources
    abi
    activity
    adapter
    allocation
    backend
    big_stack
    budget
    chat
    checkpoint
    common_stand_ins
    computable
    compute
    context
    crash
    crew
    embedding
    freed
    grammar
    guard
    log
    memory
    model
    placement
    plan
    registry
    remote
    sampler
    sampler_links
    self_test
    stack
    state
    unbacked
    vocab)
list(TRANSFORM shim_sources REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/native/shim/\\1.cpp")
set_source_files_properties(${shim_sources} TARGET_DIRECTORY ggml-base PROPERTIES
    INCLUDE_DIRECTORIES "${LLAMA_CPP_DIR}/src;${LLAMA_CPP_DIR}/ggml/src;${LLAMA_CPP_DIR}"
    COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-Wall;-Wextra>")
set_source_files_properties("${CMAKE_CURRENT_SOURCE_DIR}/native/shim/chat.cpp" TARGET_DIRECTORY ggml-base PROPERTIES
    INCLUDE_DIRECTORIES "${LLAMA_CPP_DIR}/common"
    COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-Wall;-Wextra;-Wno-unused-function>")
if(APPLE)
    # Its operators new and delete are of this library alone, which clang has to be told.
    set_property(SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/native/shim/budget.cpp" TARGET_DIRECTORY ggml-base
        APPEND PROPERTY COMPILE_OPTIONS -fvisibility-global-new-delete-hidden)
endif()
target_sources(ggml-base PRIVATE ${shim_sources} ${llamaffm_types})
target_include_directories(ggml-base PRIVATE "${LLAMA_CPP_DIR}/include" "${LLAMA_CPP_DIR}/tools/mtmd"
    "${CMAKE_CURRENT_SOURCE_DIR}/native/shim")
target_compile_definitions(ggml-base PRIVATE LLAMAFFM_ABI_ID="${LLAMAFFM_ABI_ID}"
    LLAMAFFM_BUILD_INFO="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}, ${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}")
target_compile_features(ggml-base PRIVATE cxx_std_17)
set_target_properties(ggml-base PROPERTIES OUTPUT_NAME "llamaffm-${LLAMAFFM_ABI_ID}")
target_link_libraries(ggml-base PRIVATE vendor::hash vendor::miniaudio vendor::stb vendor::sheredom ${CMAKE_DL_LIBS} Threads::Threads)

if((UNIX AND NOT APPLE) OR MINGW)
    # Exported: C names only. Nothing unresolved, and our own symbols are bound to ourselves, not to another llama.cpp.
    target_link_options(ggml-base PRIVATE
        "LINKER:--version-script=${CMAKE_CURRENT_SOURCE_DIR}/native/core.map" "LINKER:--no-undefined" "LINKER:-Bsymbolic-functions")
    set_target_properties(ggml-base PROPERTIES LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/core.map")
endif()

# Where memory runs out, ggml's C sources end the process. Below they throw, as llama.cpp does.
set(checked_allocations "-include;${CMAKE_CURRENT_SOURCE_DIR}/native/allocations.h")
foreach(unit ggml.c=CORE ggml-alloc.c=ALLOC ggml-backend.cpp=BACKEND)
    string(REPLACE "=" ";" unit "${unit}")
    list(POP_FRONT unit source name)
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/${source}" TARGET_DIRECTORY ggml-base
        PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<C_COMPILER_ID:MSVC>>:-DLLAMAFFM_UNIT_${name};${checked_allocations}>")
endforeach()

if(LLAMAFFM_SANITIZE)
    # Linked for its symbols only, as long as nothing in Java calls it: a third of the build.
    target_compile_options(llamaffm-mtmd PRIVATE -fno-sanitize=all -O0)
    target_sources(ggml-base PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/native/sanitize/reports.c")
endif()

foreach(module ${GGML_AVAILABLE_BACKENDS})
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml-cpu/ggml-cpu.c" TARGET_DIRECTORY ${module}
        PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<C_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/compute_threads.h;-DLLAMAFFM_UNIT_CPU;${checked_allocations}>")
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml-cpu/ggml-cpu.cpp" TARGET_DIRECTORY ${module}
        PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-DLLAMAFFM_UNIT_CPU_BACKEND;${checked_allocations}>")
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml-cpu/amx/mmq.cpp" TARGET_DIRECTORY ${module}
        PROPERTIES COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:GNU>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/tile_config.h>")
endforeach()

# Grammars that would never come back.
set_source_files_properties("${LLAMA_CPP_DIR}/src/llama-grammar.cpp" TARGET_DIRECTORY ggml-base llamaffm-llama
    PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/grammar_steps.h>")

# The log of a load.
set_source_files_properties("${LLAMA_CPP_DIR}/src/llama-impl.cpp" TARGET_DIRECTORY ggml-base llamaffm-llama
    PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/metadata_text.h>")

# Numbers of saved states.
set_source_files_properties("${LLAMA_CPP_DIR}/src/llama-kv-cache.cpp" "${LLAMA_CPP_DIR}/src/llama-memory-recurrent.cpp" TARGET_DIRECTORY ggml-base llamaffm-llama
    PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/state_checks.h>")

# A lost RPC server fails the call that needs it, instead of ending the process.
if(TARGET ggml-rpc)
    set_source_files_properties("${LLAMA_CPP_DIR}/ggml/src/ggml-rpc/ggml-rpc.cpp" TARGET_DIRECTORY ggml-rpc
        PROPERTIES COMPILE_OPTIONS "$<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-include;${CMAKE_CURRENT_SOURCE_DIR}/native/rpc_failures.h;-Wno-return-type>")
endif()

# What ggml looks up in a module is all that it exports.
foreach(module ${GGML_AVAILABLE_BACKENDS})
    target_sources(${module} PRIVATE ${llamaffm_types})
    if((UNIX AND NOT APPLE) OR MINGW)
        target_link_options(${module} PRIVATE "LINKER:--version-script=${CMAKE_CURRENT_SOURCE_DIR}/native/module.map" "LINKER:--no-undefined")
        set_target_properties(${module} PROPERTIES LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/module.map")
    endif()
endforeach()

# Unique symbols would keep a module in memory after its score was asked for.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    foreach(module ${GGML_AVAILABLE_BACKENDS})
        target_compile_options(${module} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>")
    endforeach()
endif()

add_custom_target(natives ALL DEPENDS ggml-base ${GGML_AVAILABLE_BACKENDS})

# Our own C program on the core library: the bitwise reference for the Java layer (docs/build.md).
add_executable(ref native/ref/ref.c)
target_include_directories(ref PRIVATE "${LLAMA_CPP_DIR}/include" "${LLAMA_CPP_DIR}/ggml/include" native/shim)
target_link_libraries(ref PRIVATE ggml-base m)
# It lies beside the core in the build folder and one folder below it in what native/build makes.
set_target_properties(ref PROPERTIES INSTALL_RPATH "${CMAKE_INSTALL_RPATH};${CMAKE_INSTALL_RPATH}/..")
add_dependencies(natives ref)

# What shows that the guard catches what a module aborts with and throws: a module that does both, and a C program that loads it.
add_library(failing MODULE native/faults/failing_module.cpp ${llamaffm_types})
target_include_directories(failing PRIVATE "${LLAMA_CPP_DIR}/ggml/include")
target_compile_features(failing PRIVATE cxx_std_17)
target_link_libraries(failing PRIVATE ggml-base)
add_executable(guarded native/ref/guarded.c)
target_compile_features(guarded PRIVATE c_std_11)
target_include_directories(guarded PRIVATE "${LLAMA_CPP_DIR}/include" "${LLAMA_CPP_DIR}/ggml/include" native/shim)
target_link_libraries(guarded PRIVATE ggml-base ${CMAKE_DL_LIBS})
set_target_properties(failing guarded PROPERTIES INSTALL_RPATH "${CMAKE_INSTALL_RPATH};${CMAKE_INSTALL_RPATH}/..")
if(WIN32)
    set_target_properties(failing PROPERTIES PREFIX "" OUTPUT_NAME ggml-failing)
else()
    set_target_properties(failing PROPERTIES PREFIX lib OUTPUT_NAME ggml-failing SUFFIX .so)
endif()
add_dependencies(natives failing guarded)

# Tries a module in a process of its own (docs/loading.md). It opens everything by path and links nothing of it.
add_executable(probe native/probe/probe.c)
target_compile_features(probe PRIVATE c_std_11)
target_include_directories(probe PRIVATE "${LLAMA_CPP_DIR}/include" "${LLAMA_CPP_DIR}/ggml/include" native/shim)
target_link_libraries(probe PRIVATE ${CMAKE_DL_LIBS})
if(LLAMAFFM_PLATFORM MATCHES "-musl$")
    # zig's default for musl is a program that can load nothing.
    target_link_options(probe PRIVATE -dynamic)
endif()
add_dependencies(natives probe)

# Lets allocations, threads and reads fail in tests (docs/safety/faults.md): by the names that glibc has for them.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT LLAMAFFM_PLATFORM MATCHES "-musl$")
    add_library(faults SHARED native/faults/faults.c)
    # For the unwinder, which zig links to C++ only.
    set_target_properties(faults PROPERTIES LINKER_LANGUAGE CXX)
    target_compile_features(faults PRIVATE c_std_11)
    target_link_libraries(faults PRIVATE ${CMAKE_DL_LIBS} Threads::Threads)
    add_dependencies(natives faults)
endif()

if(LLAMAFFM_SANITIZE)
    add_executable(threads native/threads/threads.cpp)
    target_include_directories(threads PRIVATE "${LLAMA_CPP_DIR}/include" "${LLAMA_CPP_DIR}/ggml/include" native/shim)
    target_link_libraries(threads PRIVATE ggml-base)
    set_target_properties(threads PROPERTIES INSTALL_RPATH "${CMAKE_INSTALL_RPATH};${CMAKE_INSTALL_RPATH}/..")
    add_dependencies(natives threads)
endif()

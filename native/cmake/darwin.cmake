# Included by CMake after its own rules for macOS (native/cmake/release.cmake), which ask the system for its version and, where
# there is none, take it for one that has no run path: then install names are paths of the build folder.
set(CMAKE_SHARED_LIBRARY_RUNTIME_C_FLAG "-Wl,-rpath,")
set(CMAKE_SHARED_LIBRARY_RUNTIME_CXX_FLAG "-Wl,-rpath,")

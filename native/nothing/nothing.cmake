# Included by `native/build decode-nothing` right after the project is declared: when all targets are there, each source
# of the shim that decodes or frees a context is compiled against native/nothing/decode.cpp instead of llama.cpp.
cmake_language(DEFER CALL include "${CMAKE_CURRENT_SOURCE_DIR}/native/nothing/targets.cmake")

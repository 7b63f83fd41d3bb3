foreach(source compute context)
    set_property(SOURCE "${CMAKE_CURRENT_SOURCE_DIR}/native/shim/${source}.cpp" TARGET_DIRECTORY ggml-base
        APPEND PROPERTY COMPILE_OPTIONS "-include;${CMAKE_CURRENT_SOURCE_DIR}/native/nothing/decode.h")
endforeach()
target_sources(ggml-base PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/native/nothing/decode.cpp")

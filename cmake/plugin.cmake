# Plugins of this tree are built by the same function as anybody's; they only land beside each other.
set(PARTNERD_PLUGIN_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/partnerd/plugins)
include(${PROJECT_SOURCE_DIR}/plugin-api/cmake/partnerd_add_plugin.cmake)

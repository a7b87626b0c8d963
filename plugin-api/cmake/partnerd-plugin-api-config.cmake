# find_package(partnerd-plugin-api): the target partnerd_plugin_api and the function partnerd_add_plugin.
# Works from an installation and from the source tree (-Dpartnerd-plugin-api_DIR=.../plugin-api/cmake).
include("${CMAKE_CURRENT_LIST_DIR}/partnerd_add_plugin.cmake")
if(NOT TARGET partnerd_plugin_api)
  add_library(partnerd_plugin_api INTERFACE)
  if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/../include/partnerd/partnerd.h")
    target_include_directories(partnerd_plugin_api INTERFACE "${CMAKE_CURRENT_LIST_DIR}/../include")
  else()
    get_filename_component(partnerd_plugin_api_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
    target_include_directories(partnerd_plugin_api INTERFACE "${partnerd_plugin_api_prefix}/include")
  endif()
endif()

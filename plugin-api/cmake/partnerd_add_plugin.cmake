# partnerd_add_plugin(ID SOURCES plugin.cpp ... LIBRARIES lib ...)
# A plugin as a shared library <id>.so: only the plugin API is visible to it, one symbol is exported, nothing is left undefined.
# PARTNERD_PLUGIN_OUTPUT_DIRECTORY, when set, is where it lands.
set(PARTNERD_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map")
function(partnerd_add_plugin id)
  cmake_parse_arguments(P "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${id} MODULE ${P_SOURCES})
  target_link_libraries(${id} PRIVATE partnerd_plugin_api ${P_LIBRARIES})
  set_target_properties(${id} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  if(PARTNERD_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${id} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PARTNERD_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  # The warnings and sanitizers of partnerd's own tree.
  if(TARGET partnerd_options)
    target_link_libraries(${id} PRIVATE partnerd_options)
  endif()
  if(NOT PARTNERD_SANITIZE)
    target_link_options(${id} PRIVATE -Wl,-z,defs)
  endif()
  target_link_options(${id} PRIVATE -Wl,--version-script=${PARTNERD_PLUGIN_MAP})
endfunction()

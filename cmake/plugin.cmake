# partnerd_add_plugin(ID SOURCES plugin.cpp ... LIBRARIES lib ...)
# A plugin as a third party builds it: only plugin-api/ is visible, one symbol is exported, nothing is left undefined.
function(partnerd_add_plugin id)
  cmake_parse_arguments(P "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${id} MODULE ${P_SOURCES})
  target_link_libraries(${id} PRIVATE partnerd_plugin_api partnerd_options ${P_LIBRARIES})
  set_target_properties(${id} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/partnerd/plugins)
  if(NOT PARTNERD_SANITIZE)
    target_link_options(${id} PRIVATE -Wl,-z,defs)
  endif()
  target_link_options(${id} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/plugin-api/plugin.map)
endfunction()

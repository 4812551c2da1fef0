# concord_connector(<id> SOURCES file... [LINKS library...] [MANIFEST file]
#                   [SETTINGS header function])
#
# Builds connectors/<id>/<id>.so in the build folder: one library that shows the entry symbol and
# nothing else, and beside it its manifest with the library's sha256.
#   <id>_objects  the sources as objects, for the author's unit tests to link
#   MANIFEST      <id>.connector.json of the current folder, unless said otherwise
#   SETTINGS      the header that declares the settings, and the function that gives the declaration
#                 (concord/settings.hpp). It becomes the manifest's config_schema, where that says
#                 "@config_schema@", and a table of settings for the README: <id>.settings.md

function(concord_connector id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MANIFEST" "SOURCES;LINKS;SETTINGS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "concord_connector(${id}): say SOURCES, LINKS, MANIFEST or SETTINGS before \"${arg_UNPARSED_ARGUMENTS}\"")
  endif()
  add_library(${id}_objects OBJECT ${arg_SOURCES})
  target_include_directories(${id}_objects PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(${id}_objects PUBLIC Concord::sdk ${arg_LINKS})
  add_library(${id}_connector MODULE)
  target_link_libraries(${id}_connector PRIVATE ${id}_objects)
  foreach(target ${id}_objects ${id}_connector)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
      C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    # What the headers ask for; an author who wants a newer standard sets CMAKE_CXX_STANDARD.
    target_compile_features(${target} PUBLIC cxx_std_20)
  endforeach()
  set(program)
  if(arg_SETTINGS)
    list(GET arg_SETTINGS 0 CONCORD_SETTINGS_HEADER)
    list(GET arg_SETTINGS 1 CONCORD_SETTINGS_FUNCTION)
    cmake_path(ABSOLUTE_PATH CONCORD_SETTINGS_HEADER NORMALIZE)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/settings_program.cpp.in ${id}_settings.cpp @ONLY)
    add_executable(${id}_settings ${CMAKE_CURRENT_BINARY_DIR}/${id}_settings.cpp)
    target_include_directories(${id}_settings PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
    target_link_libraries(${id}_settings PRIVATE Concord::sdk)
    target_compile_features(${id}_settings PRIVATE cxx_std_20)
    add_dependencies(${id}_connector ${id}_settings)
    set(program $<TARGET_FILE:${id}_settings>)
  endif()
  if(NOT arg_MANIFEST)
    set(arg_MANIFEST ${id}.connector.json)
  endif()
  cmake_path(ABSOLUTE_PATH arg_MANIFEST NORMALIZE)
  concord_stamp(${id}_connector ${id} ${arg_MANIFEST} ${CMAKE_BINARY_DIR}/connectors/${id} "${program}")
endfunction()

# Gives a connector's library its name and place, and stamps its manifest there.
function(concord_stamp target id manifest folder program)
  target_link_options(${target} PRIVATE -Wl,--no-undefined -Wl,--exclude-libs,ALL
    -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/connector.map)
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${id}
    LIBRARY_OUTPUT_DIRECTORY ${folder})
  # A changed manifest, or a changed setting, stamps again.
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${manifest} ${program})
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DTEMPLATE=${manifest} -DLIBRARY=$<TARGET_FILE:${target}>
      -DOUT=${folder}/${id}.connector.json -DSETTINGS=${program}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/StampManifest.cmake VERBATIM)
endfunction()

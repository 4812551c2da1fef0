# How this house is built: one target a room, one a plugin, each with its tests.

include(GNUInstallDirs)
include(${CMAKE_SOURCE_DIR}/sdk/cmake/ConcordConnector.cmake)  # concord_stamp, as authors have it

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(CONCORD_TESTS "Build the tests" ON)
option(CONCORD_FUZZ "Build the fuzz targets of tests/fuzz; with clang alone" OFF)
option(CONCORD_WERROR "Treat warnings as errors" OFF)
set(CONCORD_SANITIZE "" CACHE STRING "address,undefined or thread; empty: none")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(Poco 1.11 REQUIRED COMPONENTS Foundation Net NetSSL Crypto Util JSON)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED)
find_package(pugixml REQUIRED)

# What every target of ours is compiled with. Libraries' headers are SYSTEM and stay silent.
add_library(concord_flags INTERFACE)
target_compile_options(concord_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  $<$<BOOL:${CONCORD_WERROR}>:-Werror>)
target_compile_definitions(concord_flags INTERFACE RAPIDJSON_HAS_STDSTRING=1)
# What waits for people or plays an agency is not worth the compiler's time: a demo is seen sooner.
function(concord_leisurely target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
if(CONCORD_SANITIZE)
  add_compile_options(-fsanitize=${CONCORD_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CONCORD_SANITIZE})
endif()
if(CONCORD_FUZZ)
  # Whatever a target reads with tells the fuzzer how far it came; the first fault ends the process.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-recover=all
    -fsanitize-ignorelist=${CMAKE_SOURCE_DIR}/tests/fuzz/ignored.txt)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(CONCORD_TESTS)
  enable_testing()
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# What every test includes costs a compiler half of its time: clang reads it once a program. GCC, by which
# developers build, sees that each file includes what it uses.
function(concord_header_of_tests target)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources count)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND count GREATER 2)
    target_precompile_headers(${target} PRIVATE <gmock/gmock.h> <gtest/gtest.h> <chrono> <filesystem> <fstream>
      <functional> <map> <optional> <sstream> <string> <thread> <vector>)
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # ccache asks for it
  endif()
endfunction()

# concord_tests(<target> FOLDER tests/unit/x LINKS ...): one test program from all .cpp of a folder.
function(concord_tests target)
  cmake_parse_arguments(arg "" "FOLDER" "LINKS" ${ARGN})
  if(NOT CONCORD_TESTS OR NOT IS_DIRECTORY ${CMAKE_SOURCE_DIR}/${arg_FOLDER})
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${arg_FOLDER}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE concord_flags ${arg_LINKS} GTest::gmock GTest::gtest_main)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${target} PRIVATE CONCORD_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    CONCORD_BUILD_DIR="${CMAKE_BINARY_DIR}")
  concord_header_of_tests(${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  set_property(GLOBAL APPEND PROPERTY CONCORD_TEST_TARGETS ${target})
endfunction()

# concord_room(<room> SOURCES ... USES rooms below ... LINKS libraries ...)
# USES is the room's arrows: tests/house compares every #include with it.
function(concord_room room)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_library(${room} STATIC ${arg_SOURCES})
  target_include_directories(${room} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${room} PRIVATE concord_flags PUBLIC ${arg_USES} ${arg_LINKS} Threads::Threads)
  set_property(GLOBAL PROPERTY CONCORD_USES_${room} "${arg_USES}")
  concord_tests(${room}_test FOLDER tests/unit/${room} LINKS ${room})
endfunction()

# concord_plugin(<id> SOURCES ... LINKS ...): build/lib/concord/connectors/<id>/<id>.so and its
# manifest, stamped with the library's sha256. It sees sdk/ and nothing of the hub.
function(concord_plugin id)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${id}_parts STATIC ${arg_SOURCES})
  target_include_directories(${id}_parts PUBLIC ${CMAKE_SOURCE_DIR}/plugins)
  target_compile_options(${id}_parts PRIVATE -fvisibility=hidden)
  target_link_libraries(${id}_parts PRIVATE concord_flags PUBLIC sdk ${arg_LINKS})
  add_library(${id}_connector MODULE ${CMAKE_CURRENT_SOURCE_DIR}/entry.cpp)
  target_compile_options(${id}_connector PRIVATE -fvisibility=hidden)
  target_link_libraries(${id}_connector PRIVATE concord_flags ${id}_parts)
  set(folder ${CMAKE_BINARY_DIR}/lib/concord/connectors/${id})
  concord_stamp(${id}_connector ${id} ${CMAKE_CURRENT_SOURCE_DIR}/${id}.connector.json ${folder} "")
  if(CONCORD_SANITIZE)
    target_link_options(${id}_connector PRIVATE -Wl,-z,undefs)
  endif()
  install(FILES ${folder}/${id}.so ${folder}/${id}.connector.json
    DESTINATION lib/concord/connectors/${id} COMPONENT hub)
  concord_tests(${id}_test FOLDER tests/unit/plugins/${id} LINKS ${id}_parts)
endfunction()

# Faults planted in copies of what is read with, each of another sort: a target that does not find its
# own is no target. Nothing else is built with them.
add_custom_target(fuzz_planted)

# plant(<name> <target> <file> <text as it is> <text with the fault>)
function(plant name target file was now)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  file(READ ${CMAKE_SOURCE_DIR}/${file} text)
  string(FIND "${text}" "${was}" first)
  string(FIND "${text}" "${was}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "tests/fuzz/planted.cmake: ${name}: its text must stand once in ${file}")
  endif()
  string(REPLACE "${was}" "${now}" text "${text}")
  set(program planted_${target}__${name})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/planted/${name})
  if(file MATCHES "^sdk/include/(.*)$")
    file(CONFIGURE OUTPUT ${folder}/${CMAKE_MATCH_1} CONTENT "${text}" @ONLY)
    fuzz_program(${program} ${target})
    target_include_directories(${program} BEFORE PRIVATE ${folder})
  else()
    get_filename_component(base ${file} NAME)
    file(CONFIGURE OUTPUT ${folder}/${base} CONTENT "${text}" @ONLY)
    fuzz_program(${program} ${target} ${folder}/${base})
  endif()
  add_dependencies(fuzz_planted ${program})
endfunction()

# Memory that is not the frame's, read.
plant(overrun batch hub/runtime/channel/frame.cpp
  [[const std::string_view taken = rest_.substr(0, count);]]
  [[const std::string_view taken(rest_.data(), count + 1);]])
# Memory set aside for as many things as the other side claims.
plant(claim batch hub/runtime/channel/frame.cpp
  [[if (claimed > rest_.size() / bytes_each) good_ = false;]]
  [[if (claimed > rest_.size() * bytes_each << 20) good_ = false;]])
# A number beyond its type.
plant(overflow calendar plugins/court/event_times.cpp
  [[((int64_t{duration.weeks} * 7 + duration.days) * 24 + duration.hours) * 3600 +]]
  [[static_cast<int>(duration.weeks) * 7 * 24 * 3600 +]])
# A row that never ends.
plant(hang csv sdk/include/concord/csv.hpp
  [[    ++at_;
    return true;]]
  [[    if (cells.size() < 12) ++at_;
    return true;]])
# A limit that holds for each piece, and not for the whole.
plant(pieces mllp plugins/health/mllp_frame.cpp
  [[if (bytes_.size() + bytes.size() <= bytes_max_) {]]
  [[if (bytes.size() <= bytes_max_) {]])
# One character that is not escaped: nothing crashes, but it does not come back.
plant(escape hl7 plugins/health/hl7_text.cpp
  [[c == delimiters.component) {]]
  [[c == delimiters.component && i > 4) {]])

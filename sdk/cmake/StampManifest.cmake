# Writes a connector's manifest beside its library: with the library's sha256, and with the schema of
# its settings where a program that knows them is given.
cmake_minimum_required(VERSION 3.25)  # else "@sha256@" below is taken for a variable
file(READ ${TEMPLATE} text)
file(SHA256 ${LIBRARY} sha256)
string(REPLACE "@sha256@" "${sha256}" text "${text}")
if(SETTINGS)
  execute_process(COMMAND ${SETTINGS} --schema OUTPUT_VARIABLE schema COMMAND_ERROR_IS_FATAL ANY
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\"@config_schema@\"" "${schema}" text "${text}")
  string(REGEX REPLACE "\\.connector\\.json$" ".settings.md" table ${OUT})
  execute_process(COMMAND ${SETTINGS} --table OUTPUT_FILE ${table} COMMAND_ERROR_IS_FATAL ANY)
endif()
file(WRITE ${OUT} "${text}")

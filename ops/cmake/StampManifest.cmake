# Writes a connector's manifest beside its library, with the library's sha256 in it.
cmake_minimum_required(VERSION 3.25)  # else "@sha256@" below is taken for a variable
file(READ ${TEMPLATE} text)
file(SHA256 ${LIBRARY} sha256)
string(REPLACE "@sha256@" "${sha256}" text "${text}")
file(WRITE ${OUT} "${text}")

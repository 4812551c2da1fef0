# Writes a connector's manifest beside its library, with the library's sha256 in it.
file(READ ${TEMPLATE} text)
file(SHA256 ${LIBRARY} sha256)
string(REPLACE "@sha256@" "${sha256}" text "${text}")
file(WRITE ${OUT} "${text}")

# Packages: cpack --config build/release/CPackConfig.cmake writes concord-sdk_<version>_<arch>.deb.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME concord)
set(CPACK_PACKAGE_VENDOR Concord)
set(CPACK_PACKAGE_CONTACT "Concord <concord@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL sdk)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_SDK_PACKAGE_NAME concord-sdk)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_SDK_DESCRIPTION "What an author of connectors for the Concord hub needs
 Headers, a CMake package, JSON Schemas, a template, documents, and the program
 concord, which makes a connector from the template, tests it and runs it.")
# What the program needs is found by dpkg-shlibdeps; these are for building connectors.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "rapidjson-dev")
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "g++, cmake (>= 3.25), libcurl4-openssl-dev, libgtest-dev")
set(CPACK_STRIP_FILES ON)
include(CPack)

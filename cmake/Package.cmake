# The package: towndesk-<version>-linux-<arch>.tar.gz with the executable, its
# systemd unit, its manual page, and the licences of all that is linked in. The
# debugging information lies beside it in the build directory, not in it.
include(GNUInstallDirs)

find_program(TOWNDESK_OBJCOPY NAMES objcopy)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND TOWNDESK_OBJCOPY)
  add_custom_command(TARGET towndesk POST_BUILD
    COMMAND ${TOWNDESK_OBJCOPY} --only-keep-debug $<TARGET_FILE:towndesk> $<TARGET_FILE:towndesk>.debug
    COMMAND ${TOWNDESK_OBJCOPY} --strip-all --add-gnu-debuglink=$<TARGET_FILE:towndesk>.debug $<TARGET_FILE:towndesk>
    VERBATIM COMMENT "towndesk: debugging information into towndesk.debug")
endif()

set(packed ${CMAKE_BINARY_DIR}/packed)
add_custom_command(OUTPUT ${packed}/towndesk.1
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:towndesk> -DVERSION=${PROJECT_VERSION}
    -DTEMPLATE=${CMAKE_SOURCE_DIR}/packaging/towndesk.1.in -DOUTPUT=${packed}/towndesk.1
    -P ${CMAKE_SOURCE_DIR}/cmake/ManPage.cmake
  DEPENDS towndesk ${CMAKE_SOURCE_DIR}/packaging/towndesk.1.in ${CMAKE_SOURCE_DIR}/cmake/ManPage.cmake
  VERBATIM COMMENT "towndesk: manual page")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_custom_target(manual ALL DEPENDS ${packed}/towndesk.1)
else()
  add_custom_target(manual DEPENDS ${packed}/towndesk.1)
endif()

# One file of licences, the libraries in the order of their names.
file(GLOB licences ${td_openssl_prefix}/licences/*.txt ${td_libs_prefix}/licences/*.txt)
set(rows "")
foreach(licence IN LISTS licences)
  cmake_path(GET licence STEM name)
  list(APPEND rows "${name}|${licence}")
endforeach()
list(SORT rows)
set(LICENCES "")
foreach(row IN LISTS rows)
  string(REPLACE "|" ";" row "${row}")
  list(GET row 0 name)
  list(GET row 1 licence)
  file(READ ${licence} text)
  string(APPEND LICENCES "==== ${name} ====\n\n${text}\n\n")
endforeach()
file(CONFIGURE OUTPUT ${packed}/LICENCES @ONLY CONTENT
"What is linked into this executable besides towndesk itself (see LICENSE), and
on which terms. libexif is under the LGPL: towndesk's own sources and build
recipe are what its section 6 asks for to link it anew.

@LICENCES@")

install(TARGETS towndesk RUNTIME DESTINATION bin)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/towndesk.service DESTINATION lib/systemd/system)
install(FILES ${packed}/towndesk.1 DESTINATION share/man/man1)
install(FILES ${packed}/LICENCES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/towndesk)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION share/doc/towndesk OPTIONAL)

set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_FILE_NAME towndesk-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
if(NOT TOWNDESK_FLAVOUR STREQUAL "musl")
  string(APPEND CPACK_PACKAGE_FILE_NAME -${TOWNDESK_FLAVOUR})
endif()
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY ON)
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)

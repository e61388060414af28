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
set(after "")
if(TARGET web_staff)
  set(after web_staff)
endif()
add_custom_command(OUTPUT ${packed}/LICENCES
  COMMAND ${CMAKE_COMMAND} "-DPREFIXES=${td_openssl_prefix}|${td_libs_prefix}"
    -DSTAFF=${CMAKE_SOURCE_DIR}/web/staff -DOUTPUT=${packed}/LICENCES
    -P ${CMAKE_SOURCE_DIR}/cmake/Licences.cmake
  DEPENDS ${after} ${CMAKE_SOURCE_DIR}/cmake/Licences.cmake
  VERBATIM COMMENT "towndesk: licences")

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(all ALL)
endif()
add_custom_target(papers ${all} DEPENDS ${packed}/towndesk.1 ${packed}/LICENCES)

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

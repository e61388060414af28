# The staff app: a target web_staff that fills ${CMAKE_BINARY_DIR}/web/staff and touches
# ${CMAKE_BINARY_DIR}/web/staff.stamp; Generate.cmake embeds what is there. Needs node and npm;
# TOWNDESK_STAFF=OFF builds without, and the board's page then says so.
#
#     cmake -DDIRECTORY=web/staff -P cmake/Web.cmake
#
# installs the packages of a lock file into <directory>/node_modules, unless they are there. Builds
# share that directory, so one at a time.
include(${CMAKE_CURRENT_LIST_DIR}/Cache.cmake)
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_path(ABSOLUTE_PATH DIRECTORY NORMALIZE)
  set(lock ${DIRECTORY}/package-lock.json)
  set(installed ${DIRECTORY}/node_modules/.package-lock.json)
  file(MAKE_DIRECTORY ${TOWNDESK_CACHE})
  file(LOCK ${TOWNDESK_CACHE}/npm.lock TIMEOUT 600)
  if(NOT EXISTS ${installed} OR ${lock} IS_NEWER_THAN ${installed})
    execute_process(
      COMMAND npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
      WORKING_DIRECTORY ${DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
    file(TOUCH ${installed})
  endif()
  return()
endif()

option(TOWNDESK_STAFF "build the staff's board" ON)
find_program(TOWNDESK_NODE node)
find_program(TOWNDESK_NPM npm)
if(NOT TOWNDESK_STAFF)
  return()
endif()
if(NOT TOWNDESK_NODE OR NOT TOWNDESK_NPM)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    message(FATAL_ERROR "the staff's board needs node and npm; -DTOWNDESK_STAFF=OFF builds without it")
  endif()
  message(WARNING "without node and npm: no board for the staff in this build")
  return()
endif()

set(td_staff ${CMAKE_SOURCE_DIR}/web/staff)
file(GLOB_RECURSE td_staff_sources CONFIGURE_DEPENDS ${td_staff}/src/*)
file(GLOB td_staff_words CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/locales/staff.*.json)
set(td_npm COMMAND ${CMAKE_COMMAND} -DDIRECTORY=${td_staff} -P ${CMAKE_CURRENT_LIST_FILE})
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/web/staff.stamp
  ${td_npm}
  COMMAND ${TOWNDESK_NODE} ${td_staff}/build.mjs ${CMAKE_BINARY_DIR}/web/staff
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/web/staff.stamp
  DEPENDS ${td_staff}/build.mjs ${td_staff}/package.json ${td_staff}/package-lock.json
    ${td_staff_sources} ${td_staff_words}
  COMMENT "web: the staff's board" VERBATIM)
add_custom_target(web_staff DEPENDS ${CMAKE_BINARY_DIR}/web/staff.stamp)

if(BUILD_TESTING)
  add_test(NAME web_staff_types COMMAND ${TOWNDESK_NODE} ${td_staff}/node_modules/typescript/bin/tsc --noEmit -p ${td_staff})
  file(GLOB td_staff_tests CONFIGURE_DEPENDS ${td_staff}/test/*.test.mjs)
  set(td_staff_bundled "")
  foreach(test IN LISTS td_staff_tests)
    cmake_path(GET test FILENAME name)
    list(APPEND td_staff_bundled ${CMAKE_BINARY_DIR}/web/staff_test/${name})
  endforeach()
  add_custom_command(
    OUTPUT ${td_staff_bundled}
    ${td_npm}
    COMMAND ${TOWNDESK_NODE} ${td_staff}/build.mjs test ${CMAKE_BINARY_DIR}/web/staff_test
    DEPENDS ${td_staff_tests} ${td_staff_sources} ${td_staff_words} ${td_staff}/build.mjs ${td_staff}/package-lock.json
    COMMENT "web: tests of the staff's board" VERBATIM)
  add_custom_target(web_staff_test ALL DEPENDS ${td_staff_bundled})
  add_test(NAME web_staff_logic COMMAND ${TOWNDESK_NODE} --test ${td_staff_bundled})
  set_tests_properties(web_staff_types web_staff_logic PROPERTIES LABELS web TIMEOUT 120)
endif()

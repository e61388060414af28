# Test programs.
#
#   towndesk_program(<name> <source>… [LINK <room>…])
#       a program that sees those rooms, all that they see, and their private
#       headers as "x.h"
#   towndesk_unit_test(<name> <source>… [LINK <room>…] [LABEL <label>])
#       the same, linked with cmocka and run by ctest

find_library(TOWNDESK_CMOCKA NAMES cmocka)
find_path(TOWNDESK_CMOCKA_INCLUDE cmocka.h)

function(towndesk_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  set(seen "")
  foreach(room IN LISTS arg_LINK)
    get_target_property(below towndesk_${room} TOWNDESK_DEPENDS)
    get_target_property(at towndesk_${room} TOWNDESK_AT)
    list(APPEND seen towndesk_${room} ${below})
    target_include_directories(${name} PRIVATE ${at})
  endforeach()
  list(REMOVE_DUPLICATES seen)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support)
  target_compile_definitions(${name} PRIVATE TOWNDESK_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TOWNDESK_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${seen} towndesk_ours towndesk_version)
  towndesk_link_flavour(${name})
  towndesk_ban(${name})
endfunction()

function(towndesk_unit_test name)
  cmake_parse_arguments(arg "" "LABEL" "LINK" ${ARGN})
  if(NOT TOWNDESK_CMOCKA OR NOT TOWNDESK_CMOCKA_INCLUDE)
    return()
  endif()
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  towndesk_program(${name} ${arg_UNPARSED_ARGUMENTS} LINK ${arg_LINK})
  target_include_directories(${name} SYSTEM PRIVATE ${TOWNDESK_CMOCKA_INCLUDE})
  target_link_libraries(${name} PRIVATE ${TOWNDESK_CMOCKA})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300)
endfunction()

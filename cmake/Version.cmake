# towndesk_version.h: our version and those of everything linked in, as the
# lock file names them.
file(STRINGS ${CMAKE_SOURCE_DIR}/deps.lock rows REGEX "^[a-z0-9]+[ \t].*\\.orig\\.tar")
set(td_linked "")
foreach(row IN LISTS rows)
  if(row MATCHES "^([a-z0-9]+)[ \t]+[^ \t]*_([^_]+)\\.orig\\.tar")
    set(name ${CMAKE_MATCH_1})
    string(REGEX REPLACE "\\+ds$|\\+dfsg$|^.*\\+really" "" version ${CMAKE_MATCH_2})
    if(name STREQUAL "mimalloc" AND NOT TOWNDESK_FLAVOUR STREQUAL "musl")
      continue()
    endif()
    string(APPEND td_linked " \\\n    X(\"${name}\", \"${version}\")")
  endif()
endforeach()
set(td_generated ${CMAKE_BINARY_DIR}/generated)
file(CONFIGURE OUTPUT ${td_generated}/version/towndesk_version.h @ONLY CONTENT [[
/* Made by cmake/Version.cmake. */
#pragma once

#define TOWNDESK_VERSION "@PROJECT_VERSION@"
#define TOWNDESK_FLAVOUR "@TOWNDESK_FLAVOUR@"

/* X(name, version) for each library linked in. */
#define TOWNDESK_LINKED(X)@td_linked@
]])
add_library(towndesk_version INTERFACE)
target_include_directories(towndesk_version INTERFACE ${td_generated}/version)

# towndesk_version.h: our version and those of everything linked in.
set(td_linked "")
foreach(prefix IN ITEMS ${td_openssl_prefix} ${td_libs_prefix})
  file(STRINGS ${prefix}/versions rows)
  foreach(row IN LISTS rows)
    string(REPLACE " " ";" row ${row})
    list(GET row 0 name)
    list(GET row 1 version)
    string(APPEND td_linked " \\\n    X(\"${name}\", \"${version}\")")
  endforeach()
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

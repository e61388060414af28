# Rooms and what they may see.
#
#   towndesk_module(<name> [AT <dir>] [DEPENDS <room>…] [FOREIGN <target>…])
#
# makes the static library towndesk_<name> of src/<name>/**/*.c (or <dir>/**/*.c). It exports one
# include directory, inc/<name>, in which lies one name: <name>, a link to
# include/<name>. So `#include "image/photo.h"` compiles only in a room that
# names image among its DEPENDS, not in one that merely links it through
# another. Private headers are found as "x.h" beside their sources. FOREIGN
# headers are visible inside the room alone.

set(td_warnings -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wformat=2 -Wcast-qual -Wvla -Wundef -Wswitch-enum)
# __FILE__ is short everywhere; what is shipped holds no path of its builder.
set(td_prefix_map -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/= -fmacro-prefix-map=${CMAKE_BINARY_DIR}/=
  -fmacro-prefix-map=${td_libs_prefix}/=)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  list(APPEND td_prefix_map -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=/usr/src/towndesk
    -fdebug-prefix-map=${CMAKE_BINARY_DIR}=/usr/src/towndesk/build)
endif()

# What every target of ours is compiled with; a program that only runs during
# the build needs no more than the warnings.
add_library(towndesk_strict INTERFACE)
target_compile_definitions(towndesk_strict INTERFACE _GNU_SOURCE)
target_compile_options(towndesk_strict INTERFACE ${td_prefix_map} ${td_warnings})
add_library(towndesk_ours INTERFACE)
target_link_libraries(towndesk_ours INTERFACE towndesk_strict)
target_compile_options(towndesk_ours INTERFACE ${td_flags} ${td_instrument})
if(TOWNDESK_FAULTS)
  target_compile_definitions(towndesk_ours INTERFACE TOWNDESK_FAULTS)
endif()
if(TOWNDESK_COVERAGE)
  target_compile_options(towndesk_ours INTERFACE --coverage)
  target_link_options(towndesk_ours INTERFACE --coverage)
endif()

# Functions that nobody should call do not compile, except in civetweb.
set(td_banned ${CMAKE_SOURCE_DIR}/include/base/banned.h)
file(GLOB td_banned_found CONFIGURE_DEPENDS ${td_banned})
function(towndesk_ban target)
  if(NOT td_banned_found)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  if(NOT "${sources}" MATCHES "/civet_glue\\.c")
    target_compile_options(${target} PRIVATE "SHELL:-include ${td_banned}")
    return()
  endif()
  list(FILTER sources EXCLUDE REGEX "/civet_glue\\.c$")
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS -include ${td_banned})
endfunction()

# Sources and headers that the build makes for a room; call it before the room
# is declared. Headers below PUBLIC are seen by whoever sees the room (keep them
# in a directory of the room's name), those below PRIVATE by the room alone.
function(towndesk_generated room)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY TOWNDESK_GENERATED_${room} ${arg_UNPARSED_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY TOWNDESK_GENERATED_PUBLIC_${room} ${arg_PUBLIC})
  set_property(GLOBAL APPEND PROPERTY TOWNDESK_GENERATED_PRIVATE_${room} ${arg_PRIVATE})
endfunction()

function(towndesk_module name)
  cmake_parse_arguments(arg "" "AT" "DEPENDS;FOREIGN" ${ARGN})
  if(NOT arg_AT)
    set(arg_AT src/${name})
  endif()
  set(target towndesk_${name})
  set(exported ${CMAKE_BINARY_DIR}/inc/${name})
  file(MAKE_DIRECTORY ${exported})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/include/${name} ${exported}/${name} SYMBOLIC)
  list(TRANSFORM arg_DEPENDS PREPEND towndesk_ OUTPUT_VARIABLE rooms)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${arg_AT}/*.c)
  get_property(generated GLOBAL PROPERTY TOWNDESK_GENERATED_${name})
  get_property(generated_public GLOBAL PROPERTY TOWNDESK_GENERATED_PUBLIC_${name})
  get_property(generated_private GLOBAL PROPERTY TOWNDESK_GENERATED_PRIVATE_${name})
  list(APPEND sources ${generated})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${exported} ${generated_public}
      PRIVATE ${CMAKE_SOURCE_DIR}/${arg_AT} ${generated_private})
    target_link_libraries(${target} PRIVATE ${rooms} ${arg_FOREIGN} towndesk_ours towndesk_version)
    towndesk_ban(${target})
  else() # nobody has moved in yet
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${exported})
  endif()
  set_property(TARGET ${target} PROPERTY TOWNDESK_DEPENDS "${rooms}")
  set_property(TARGET ${target} PROPERTY TOWNDESK_AT ${CMAKE_SOURCE_DIR}/${arg_AT})
  set_property(GLOBAL APPEND PROPERTY TOWNDESK_ROOMS ${target})
endfunction()

# The programs that run during the build: each file of src/gen with a main()
# is one, named after the file; the others are shared by all of them.
function(towndesk_host_programs)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/gen/*.c)
  set(shared "")
  set(mains "")
  foreach(source IN LISTS sources)
    file(STRINGS ${source} has_main REGEX "^int main\\(")
    if(has_main)
      list(APPEND mains ${source})
    else()
      list(APPEND shared ${source})
    endif()
  endforeach()
  if(shared)
    add_library(gen_shared OBJECT ${shared})
    target_link_libraries(gen_shared PRIVATE towndesk_strict)
    towndesk_ban(gen_shared)
  endif()
  foreach(source IN LISTS mains)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    if(shared)
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:gen_shared>)
    endif()
    target_link_libraries(${name} PRIVATE towndesk_strict)
    if(TOWNDESK_FLAVOUR STREQUAL "musl")
      target_link_options(${name} PRIVATE -static-pie)
    endif()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/gen)
    towndesk_ban(${name})
  endforeach()
endfunction()

# How an executable of ours is linked in this flavour.
function(towndesk_link_flavour target)
  target_link_options(${target} PRIVATE ${td_link_flags})
  if(TOWNDESK_FLAVOUR STREQUAL "musl")
    target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,td_mimalloc>)
    target_link_options(${target} PRIVATE -static-pie)
  elseif(TOWNDESK_FLAVOUR STREQUAL "glibc")
    target_link_options(${target} PRIVATE -pie -static-libgcc)
  endif()
endfunction()

function(towndesk_executable)
  set(main ${CMAKE_SOURCE_DIR}/src/main.c)
  if(NOT EXISTS ${main})
    set(main ${CMAKE_BINARY_DIR}/generated/placeholder.c)
    file(CONFIGURE OUTPUT ${main} CONTENT "#include <stdio.h>\n#include \"towndesk_version.h\"\nint main(void) { return puts(\"towndesk \" TOWNDESK_VERSION) < 0; }\n")
  endif()
  file(GLOB main_found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/main.c)
  add_executable(towndesk ${main})
  target_link_libraries(towndesk PRIVATE towndesk_cli towndesk_base towndesk_ours towndesk_version)
  towndesk_link_flavour(towndesk)
  towndesk_ban(towndesk)
endfunction()

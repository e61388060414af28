# Where downloads and compiled third-party libraries are kept between builds
# and between clones: $TOWNDESK_CACHE, else the user's cache directory.
if(NOT "$ENV{TOWNDESK_CACHE}" STREQUAL "")
  set(TOWNDESK_CACHE "$ENV{TOWNDESK_CACHE}")
elseif(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(TOWNDESK_CACHE "$ENV{XDG_CACHE_HOME}/towndesk")
elseif(NOT "$ENV{HOME}" STREQUAL "")
  set(TOWNDESK_CACHE "$ENV{HOME}/.cache/towndesk")
else()
  get_filename_component(TOWNDESK_CACHE "${CMAKE_CURRENT_LIST_DIR}/../.deps/cache" ABSOLUTE)
endif()

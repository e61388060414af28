# Small libraries are compiled from the list of their sources; libjpeg-turbo,
# whose assembler needs it, by its own build system.
#
# Each library's headers lie in a directory of their own, include/<library>:
# whoever may see one of them does not see the others.
function(headers library)
  file(COPY ${ARGN} DESTINATION ${TD_PREFIX}/include/${library})
endfunction()

# Asserts find what is wrong under the sanitizers; in what is shipped they would
# let a strange file end the server.
if(TOWNDESK_FLAVOUR MATCHES "^(glibc|musl)$")
  add_compile_definitions(NDEBUG)
  string(APPEND external_flags " -DNDEBUG")
endif()

# SQLite first: its one file takes longest. The options are explained in
# SQLite's compile-time options page; together they mean: one connection per
# thread at a time, durable by default, nothing of a hostile schema trusted,
# deleted personal data overwritten.
add_library(sqlite3 STATIC ${TD_SOURCES}/sqlite/sqlite3.c)
target_compile_definitions(sqlite3 PRIVATE
  SQLITE_THREADSAFE=2 SQLITE_DQS=0 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_DEFAULT_FOREIGN_KEYS=1
  SQLITE_DEFAULT_SYNCHRONOUS=2 SQLITE_DEFAULT_WAL_SYNCHRONOUS=2 SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_AUTOINIT
  SQLITE_USE_ALLOCA SQLITE_STRICT_SUBTYPE=1 SQLITE_TRUSTED_SCHEMA=0 SQLITE_SECURE_DELETE
  SQLITE_TEMP_STORE=2 SQLITE_MAX_MMAP_SIZE=0
  SQLITE_ENABLE_FTS5 SQLITE_ENABLE_RTREE SQLITE_ENABLE_MATH_FUNCTIONS SQLITE_ENABLE_DBSTAT_VTAB
  SQLITE_ENABLE_STAT4 SQLITE_ENABLE_API_ARMOR
  HAVE_FDATASYNC HAVE_GMTIME_R HAVE_LOCALTIME_R HAVE_USLEEP HAVE_STRCHRNUL HAVE_PREAD HAVE_PWRITE)
headers(sqlite ${TD_SOURCES}/sqlite/sqlite3.h)
file(WRITE ${TD_PREFIX}/licences/sqlite.txt "SQLite is in the public domain: https://sqlite.org/copyright.html\n")

# libjpeg-turbo. Its assembler is invisible to the sanitizers, so the flavours
# that look for memory errors decode in C.
set(simd -DREQUIRE_SIMD=ON)
if(TOWNDESK_FLAVOUR MATCHES "^(asan|fuzz)$")
  set(simd -DWITH_SIMD=OFF)
endif()
ExternalProject_Add(jpeg SOURCE_DIR ${TD_SOURCES}/jpeg CMAKE_GENERATOR ${CMAKE_GENERATOR}
  CMAKE_ARGS -DCMAKE_INSTALL_PREFIX=${TD_PREFIX} -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
    "-DCMAKE_C_FLAGS=${external_flags}" "-DCMAKE_C_FLAGS_RELEASE= " -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DCMAKE_POSITION_INDEPENDENT_CODE=ON ${simd}
    -DENABLE_SHARED=OFF -DENABLE_STATIC=ON -DWITH_TURBOJPEG=OFF -DWITH_JAVA=OFF -DWITH_ARITH_ENC=OFF
  BUILD_COMMAND ${CMAKE_COMMAND} --build . --target jpeg-static
  INSTALL_COMMAND ${CMAKE_COMMAND} -E make_directory ${TD_PREFIX}/include/jpeg
  COMMAND ${CMAKE_COMMAND} -E copy libjpeg.a ${TD_PREFIX}/lib/
  COMMAND ${CMAKE_COMMAND} -E copy jconfig.h ${TD_SOURCES}/jpeg/jpeglib.h ${TD_SOURCES}/jpeg/jmorecfg.h ${TD_SOURCES}/jpeg/jerror.h ${TD_PREFIX}/include/jpeg/
  LOG_CONFIGURE ON LOG_BUILD ON LOG_INSTALL ON LOG_OUTPUT_ON_FAILURE ON)
licence(jpeg LICENSE.md README.ijg)

# libwebp, only what decodes.
file(GLOB webp_sources ${TD_SOURCES}/webp/src/dec/*.c ${TD_SOURCES}/webp/src/dsp/*.c ${TD_SOURCES}/webp/src/utils/*.c)
list(FILTER webp_sources EXCLUDE REGEX "/(cost|enc|ssim|lossless_enc)[a-z0-9_]*\\.c$")
list(FILTER webp_sources EXCLUDE REGEX "/(bit_writer|filters|quant_levels|huffman_encode)_utils\\.c$")
add_library(webpdecoder STATIC ${webp_sources})
target_include_directories(webpdecoder PRIVATE ${TD_SOURCES}/webp)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  target_compile_definitions(webpdecoder PRIVATE WEBP_HAVE_SSE2 WEBP_HAVE_SSE41)
  foreach(source IN LISTS webp_sources)
    if(source MATCHES "_sse41\\.c$")
      set_property(SOURCE ${source} PROPERTY COMPILE_OPTIONS -msse4.1)
    endif()
  endforeach()
endif()
file(COPY ${TD_SOURCES}/webp/src/webp/decode.h ${TD_SOURCES}/webp/src/webp/types.h DESTINATION ${TD_PREFIX}/include/webp/webp)
licence(webp COPYING PATENTS)

# zlib
file(GLOB zlib_sources ${TD_SOURCES}/zlib/*.c)
list(FILTER zlib_sources EXCLUDE REGEX "/gz[a-z]+\\.c$")
add_library(z STATIC ${zlib_sources})
target_compile_definitions(z PRIVATE HAVE_UNISTD_H HAVE_HIDDEN)
headers(zlib ${TD_SOURCES}/zlib/zlib.h ${TD_SOURCES}/zlib/zconf.h)
licence(zlib LICENSE)

# libpng, with the configuration it ships ready made.
headers(png ${TD_SOURCES}/png/png.h ${TD_SOURCES}/png/pngconf.h)
file(COPY_FILE ${TD_SOURCES}/png/scripts/pnglibconf.h.prebuilt ${TD_PREFIX}/include/png/pnglibconf.h)
file(GLOB png_sources ${TD_SOURCES}/png/png*.c)
list(FILTER png_sources EXCLUDE REGEX "/pngtest\\.c$")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  file(GLOB png_simd ${TD_SOURCES}/png/intel/*.c)
  set(png_definitions PNG_INTEL_SSE_OPT=1)
else()
  set(png_simd "")
  set(png_definitions PNG_ARM_NEON_OPT=0)
endif()
add_library(png STATIC ${png_sources} ${png_simd})
target_compile_definitions(png PRIVATE ${png_definitions})
target_include_directories(png PRIVATE ${TD_PREFIX}/include/png ${TD_SOURCES}/zlib ${TD_SOURCES}/png)
licence(png LICENSE)

# cJSON
add_library(cjson STATIC ${TD_SOURCES}/cjson/cJSON.c)
target_compile_definitions(cjson PRIVATE CJSON_NESTING_LIMIT=64)
headers(cjson ${TD_SOURCES}/cjson/cJSON.h)
licence(cjson LICENSE)

# libexif
file(GLOB exif_sources ${TD_SOURCES}/exif/libexif/*.c ${TD_SOURCES}/exif/libexif/*/*.c)
file(GLOB exif_headers ${TD_SOURCES}/exif/libexif/*.h)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/exif/config.h CONTENT "#define VERSION \"locked\"\n")
file(CONFIGURE OUTPUT ${TD_PREFIX}/include/exif/libexif/_stdint.h CONTENT "#include <stdint.h>\n")
file(COPY ${exif_headers} DESTINATION ${TD_PREFIX}/include/exif/libexif)
add_library(exif STATIC ${exif_sources})
target_include_directories(exif PRIVATE ${CMAKE_BINARY_DIR}/exif ${TD_SOURCES}/exif ${TD_PREFIX}/include/exif ${TD_PREFIX}/include/exif/libexif)
target_compile_definitions(exif PRIVATE GETTEXT_PACKAGE="libexif" HAVE_LOCALTIME_R)
licence(exif COPYING)

# utf8proc
add_library(utf8proc STATIC ${TD_SOURCES}/utf8proc/utf8proc.c)
target_compile_definitions(utf8proc PRIVATE UTF8PROC_STATIC)
headers(utf8proc ${TD_SOURCES}/utf8proc/utf8proc.h)
licence(utf8proc LICENSE.md)

# civetweb comes as source: src/http compiles it as a part of one file of ours.
file(COPY ${TD_SOURCES}/civetweb/src ${TD_SOURCES}/civetweb/include DESTINATION ${TD_PREFIX}/civetweb PATTERN "third_party" EXCLUDE PATTERN "*.cpp" EXCLUDE)
licence(civetweb LICENSE.md)

if(TOWNDESK_FLAVOUR STREQUAL "musl")
  include(${CMAKE_CURRENT_LIST_DIR}/musl.cmake)
endif()

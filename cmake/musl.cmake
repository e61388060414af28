# Toolchain: Debian's gcc against Debian's musl (musl-dev), for binaries that
# need nothing of the machine they run on. musl-gcc, Debian's own wrapper,
# knows neither static PIE nor the kernel's headers; this does.
include(${CMAKE_CURRENT_LIST_DIR}/Cache.cmake)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_HOST_SYSTEM_PROCESSOR})
set(_triplet ${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-musl)
set(_gnu ${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu)
if(NOT EXISTS /usr/include/${_triplet}/stdio.h)
  message(FATAL_ERROR "musl's headers are missing: install musl-dev and linux-libc-dev")
endif()
file(SHA256 ${CMAKE_CURRENT_LIST_FILE} _hash)
string(SUBSTRING ${_hash} 0 12 _hash)
set(_dir ${TOWNDESK_CACHE}/musl-cc-${_hash})
if(NOT EXISTS ${_dir}/musl-cc)
  file(MAKE_DIRECTORY ${_dir}/kernel)
  file(CREATE_LINK /usr/include/linux ${_dir}/kernel/linux SYMBOLIC)
  file(CREATE_LINK /usr/include/asm-generic ${_dir}/kernel/asm-generic SYMBOLIC)
  file(CREATE_LINK /usr/include/${_gnu}/asm ${_dir}/kernel/asm SYMBOLIC)
  file(WRITE ${_dir}/specs "%rename cpp_options old_cpp_options

*cpp_options:
-nostdinc -isystem /usr/include/${_triplet} -isystem include%s -idirafter ${_dir}/kernel %(old_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem /usr/include/${_triplet} -isystem include%s -idirafter ${_dir}/kernel

*link_libgcc:
-L/usr/lib/${_triplet} -L .%s

*libgcc:
libgcc.a%s libgcc_eh.a%s

*startfile:
%{no-pie:/usr/lib/${_triplet}/crt1.o;:/usr/lib/${_triplet}/rcrt1.o} /usr/lib/${_triplet}/crti.o %{no-pie:crtbeginT.o%s;:crtbeginS.o%s}

*endfile:
%{no-pie:crtend.o%s;:crtendS.o%s} /usr/lib/${_triplet}/crtn.o

*link:
-nostdlib -static --hash-style=gnu --eh-frame-hdr --build-id %{!no-pie:-pie --no-dynamic-linker -z text}

*esp_link:


*esp_options:


")
  file(WRITE ${_dir}/musl-cc.new "#!/bin/sh\nexec gcc \"$@\" -specs=${_dir}/specs\n")
  file(CHMOD ${_dir}/musl-cc.new PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  file(RENAME ${_dir}/musl-cc.new ${_dir}/musl-cc)
endif()
set(CMAKE_C_COMPILER ${_dir}/musl-cc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH ${_dir})

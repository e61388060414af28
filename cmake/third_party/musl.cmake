# What a musl build has besides the libraries.

# mimalloc: musl's own allocator serves one thread at a time.
add_library(mimalloc STATIC ${SRC}/mimalloc/src/static.c)
target_include_directories(mimalloc PRIVATE ${SRC}/mimalloc/include)
target_compile_definitions(mimalloc PRIVATE MI_MALLOC_OVERRIDE MI_LIBC_MUSL=1)
target_compile_options(mimalloc PRIVATE -ftls-model=local-exec -fvisibility=hidden)
licence(mimalloc LICENSE)
if(EXISTS /usr/share/doc/musl-dev/copyright)
  file(COPY_FILE /usr/share/doc/musl-dev/copyright ${PREFIX}/licences/musl.txt)
endif()

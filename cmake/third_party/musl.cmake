# What a musl build has besides the libraries.

# mimalloc: musl's own allocator serves one thread at a time. With it in one
# archive, memory functions that are as fast as glibc's; their flags keep the
# compiler from calling them in their own bodies, and from using what is not yet
# there when the C library starts.
add_library(mimalloc STATIC ${TD_SOURCES}/mimalloc/src/static.c ${CMAKE_CURRENT_LIST_DIR}/musl_mem.c)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/musl_mem.c PROPERTIES
  COMPILE_OPTIONS "-ffreestanding;-fno-builtin;-fno-tree-loop-distribute-patterns;-fno-stack-protector")
target_include_directories(mimalloc PRIVATE ${TD_SOURCES}/mimalloc/include)
target_compile_definitions(mimalloc PRIVATE MI_MALLOC_OVERRIDE MI_LIBC_MUSL=1)
target_compile_options(mimalloc PRIVATE -ftls-model=local-exec -fvisibility=hidden)
licence(mimalloc LICENSE)
if(EXISTS /usr/share/doc/musl-dev/copyright)
  file(COPY_FILE /usr/share/doc/musl-dev/copyright ${TD_PREFIX}/licences/musl.txt)
endif()

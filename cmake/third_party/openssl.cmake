# OpenSSL: TLS 1.2 and 1.3, hashes, Argon2id. Static, without modules,
# configuration files or algorithms that nobody should meet any more.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  set(openssl_target linux-x86_64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64")
  set(openssl_target linux-aarch64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "riscv64")
  set(openssl_target linux64-riscv64)
else()
  set(openssl_target linux-generic64)
endif()

# What the library can say of its making must not hold a path of its builder, so
# the compiler goes by its name alone, the flags without prefix maps, and the
# directories of modules, which it does not have, below /usr.
cmake_path(GET CMAKE_C_COMPILER PARENT_PATH compiler_directory)
cmake_path(GET CMAKE_C_COMPILER FILENAME compiler_name)
list(FILTER td_flags EXCLUDE REGEX "prefix-map")
list(JOIN td_flags " " joined_flags)
set(environment ${CMAKE_COMMAND} -E env "PATH=${compiler_directory}:$ENV{PATH}" SOURCE_DATE_EPOCH=1700000000)

ExternalProject_Add(openssl SOURCE_DIR ${TD_SOURCES}/openssl
  CONFIGURE_COMMAND ${environment} CC=${compiler_name} "CFLAGS=${joined_optimise} ${joined_flags} -fPIE -w"
    ${TD_SOURCES}/openssl/Configure ${openssl_target} --prefix=/usr --libdir=lib --openssldir=/etc/ssl
    no-filenames no-shared no-tests no-apps no-docs no-dso no-engine no-legacy no-module no-autoload-config
    no-secure-memory no-afalgeng no-ssl3 no-tls1 no-tls1_1 no-dtls no-srp no-psk no-ts no-cmp no-ct
    no-quic no-comp no-srtp no-idea no-rc2 no-rc4 no-rc5 no-md4 no-mdc2 no-seed no-camellia no-aria
    no-bf no-cast no-des no-dsa no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 no-gost no-scrypt no-siv
    no-ocb
  BUILD_COMMAND ${environment} make -j${jobs} build_libs
  INSTALL_COMMAND ${environment} make install_dev DESTDIR=${TD_PREFIX}/installed
  COMMAND ${CMAKE_COMMAND} -E rename ${TD_PREFIX}/installed/usr/include/openssl ${TD_PREFIX}/include/openssl
  COMMAND ${CMAKE_COMMAND} -E copy ${TD_PREFIX}/installed/usr/lib/libssl.a ${TD_PREFIX}/installed/usr/lib/libcrypto.a ${TD_PREFIX}/lib
  COMMAND ${CMAKE_COMMAND} -E rm -r ${TD_PREFIX}/installed
  LOG_CONFIGURE ON LOG_BUILD ON LOG_INSTALL ON LOG_OUTPUT_ON_FAILURE ON)
licence(openssl LICENSE.txt)

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
ExternalProject_Add(openssl SOURCE_DIR ${SRC}/openssl
  CONFIGURE_COMMAND ${CMAKE_COMMAND} -E env "CC=${CMAKE_C_COMPILER}" "CFLAGS=${external_flags}" SOURCE_DATE_EPOCH=1700000000
    ${SRC}/openssl/Configure ${openssl_target} --prefix=${PREFIX} --libdir=lib --openssldir=/etc/ssl
    no-shared no-tests no-apps no-docs no-dso no-engine no-legacy no-module no-autoload-config
    no-secure-memory no-afalgeng no-ssl3 no-tls1 no-tls1_1 no-dtls no-srp no-psk no-ts no-cmp no-ct
    no-quic no-comp no-srtp no-idea no-rc2 no-rc4 no-rc5 no-md4 no-mdc2 no-seed no-camellia no-aria
    no-bf no-cast no-des no-dsa no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 no-gost no-scrypt no-siv
    no-ocb
  BUILD_COMMAND ${CMAKE_COMMAND} -E env SOURCE_DATE_EPOCH=1700000000 make -j${jobs} build_libs
  INSTALL_COMMAND make install_dev
  LOG_CONFIGURE ON LOG_BUILD ON LOG_INSTALL ON LOG_OUTPUT_ON_FAILURE ON)
licence(openssl LICENSE.txt)

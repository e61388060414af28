/* Functions that this house does not use, each with what to use instead. Forced into every file of
 * ours by the build; foreign code is not touched.
 *
 * Being the first header of every file, it also says which C library we speak to: C17, POSIX 2008
 * and the extensions that glibc and musl share. The system headers that declare a banned name come
 * before the ban, so that a later #include of them finds itself included already.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef alloca /* a macro in both libraries; poisoning one is a warning */

#pragma GCC poison strcpy strcat sprintf vsprintf gets /* buf_printf, arena_printf, snprintf */
#pragma GCC poison strtok strncpy strncat              /* struct str and text_* */
#pragma GCC poison localtime gmtime ctime asctime      /* base/time.h */
#pragma GCC poison atoi atol atof                      /* text_parse_* */
#pragma GCC poison alloca                              /* struct arena, mem_alloc */

/* OpenSSL's headers have parameters named rand, so these are forbidden to call, not to name. */
#ifdef __clang__
#define BANNED_RANDOM __attribute__((unavailable("use struct rng of base/env.h")))
#else
#define BANNED_RANDOM __attribute__((error("use struct rng of base/env.h")))
#endif
BANNED_RANDOM int rand(void);
BANNED_RANDOM void srand(unsigned seed);
BANNED_RANDOM long random(void);
BANNED_RANDOM void srandom(unsigned seed);
#undef BANNED_RANDOM

#endif

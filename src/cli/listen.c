/* Owns what may stand behind --listen: an address in numbers and a port, no names but localhost, so
 * that nobody listens where a resolver happened to point.
 */
#include "serve.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_loopback6(const struct in6_addr *a)
{
    if (IN6_IS_ADDR_LOOPBACK(a)) return true;
    return IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127;
}

bool listen_read(const char *typed, char out[LISTEN_ROOM], bool *loopback)
{
    const char *colon = strrchr(typed, ':');
    int64_t port;
    if (!colon || !text_parse_int(str_of(colon + 1), 0, 65535, &port)) return false;
    char host[LISTEN_ROOM - 8];
    size_t bytes = (size_t)(colon - typed);
    bool bracketed = bytes >= 2 && typed[0] == '[' && typed[bytes - 1] == ']';
    if (bracketed) {
        typed++;
        bytes -= 2;
    }
    if (bytes == 0 || bytes >= sizeof host) return false;
    memcpy(host, typed, bytes);
    host[bytes] = '\0';
    if (!bracketed && strcmp(host, "localhost") == 0) memcpy(host, "127.0.0.1", 10);

    struct in_addr four;
    struct in6_addr six;
    if (bracketed ? inet_pton(AF_INET6, host, &six) != 1 : inet_pton(AF_INET, host, &four) != 1) {
        return false;
    }
    *loopback = bracketed ? is_loopback6(&six) : (ntohl(four.s_addr) >> 24) == 127;
    snprintf(out, LISTEN_ROOM, bracketed ? "[%s]:%d" : "%s:%d", host, (int)port);
    return true;
}

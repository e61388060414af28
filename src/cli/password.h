/* A password from whoever sits there, or from a script. */
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "command.h"

#define PASSWORD_ROOM 1200

/* On a terminal: asks twice without showing what is typed. Otherwise: the first line of standard
 * input. `out` is terminated, without the line end. false: there is none, they differ or it is too
 * long, which has been said. */
bool password_read(const struct cli *cli, const char *name, char out[PASSWORD_ROOM]);

#endif

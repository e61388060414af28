/* A programmer's mistake ends the process, in release as well: `must(index < count)`. What the
 * world does wrong is never a `must`, it is an enum err.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

_Noreturn void must_fail(const char *expression, const char *file, int line);

#define must(cond) ((cond) ? (void)0 : must_fail(#cond, __FILE__, __LINE__))

#endif

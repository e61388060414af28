/* Owns the blocks of an arena.
 *
 *     first -> [ordinary, being filled] -> [large] -> [large] -> [ordinary, full] -> …
 *
 * The block being filled is always `first`; a piece that would waste too much of a block gets one
 * of its own, hung behind `first`, so that small pieces go on filling where they were. used_bytes
 * is the sum of all blocks with their headers and never exceeds max_bytes. Refuses, with NULL,
 * whatever would break that; a refused request leaves the arena as it was.
 */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT alignof(max_align_t)
/* A piece from here on does not start a new ordinary block: what it leaves of the old one would be
 * lost. So at most a quarter of each block is wasted. */
#define LARGE_BYTES (BLOCK_BYTES / 4)

struct arena_block {
    struct arena_block *next;
    size_t room;  /* of data */
    size_t taken; /* of data */
    bool ordinary;
    alignas(max_align_t) unsigned char data[];
};

static void *piece_take(struct arena_block *block, size_t bytes);
static struct arena_block *block_new(struct arena *a, size_t room);

void arena_init(struct arena *a, size_t max_bytes)
{
    *a = (struct arena){.first = NULL, .used_bytes = 0, .max_bytes = max_bytes};
}

void arena_reset(struct arena *a)
{
    struct arena_block *kept = NULL;
    for (struct arena_block *block = a->first, *next; block; block = next) {
        next = block->next;
        if (!kept && block->ordinary) {
            kept = block;
        } else {
            mem_free(block);
        }
    }
    a->first = kept;
    a->used_bytes = 0;
    if (kept) {
        kept->next = NULL;
        kept->taken = 0;
        a->used_bytes = sizeof *kept + kept->room;
    }
}

void arena_clear(struct arena *a)
{
    for (struct arena_block *block = a->first, *next; block; block = next) {
        next = block->next;
        mem_free(block);
    }
    a->first = NULL;
    a->used_bytes = 0;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    /* Even nothing gets an address of its own, so that NULL always means failure. */
    size_t piece = bytes > 0 ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    struct arena_block *first = a->first;
    if (first && first->room - first->taken >= piece) {
        return piece_take(first, piece);
    }
    size_t left = a->max_bytes - a->used_bytes;
    if (left < sizeof(struct arena_block) || left - sizeof(struct arena_block) < piece) {
        return NULL;
    }
    size_t room = left < BLOCK_BYTES ? left - sizeof(struct arena_block)
                                     : BLOCK_BYTES - sizeof(struct arena_block);
    bool large = piece >= LARGE_BYTES || piece > room;
    struct arena_block *block = block_new(a, large ? piece : room);
    if (!block) {
        return NULL;
    }
    block->ordinary = !large;
    if (large && first) {
        block->next = first->next;
        first->next = block;
    } else {
        block->next = first;
        a->first = block;
    }
    return piece_take(block, piece);
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
    if (bytes > 0 && count > SIZE_MAX / bytes) {
        return NULL;
    }
    return arena_alloc(a, count * bytes);
}

char *arena_text(struct arena *a, struct str s)
{
    if (s.bytes == SIZE_MAX) {
        return NULL;
    }
    char *copy = arena_alloc(a, s.bytes + 1);
    if (copy && s.bytes > 0) {
        memcpy(copy, s.at, s.bytes);
    }
    return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
    if (s.bytes == 0) {
        return STR("");
    }
    const char *copy = arena_text(a, s);
    return copy ? (struct str){copy, s.bytes} : STR_NONE;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int count = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (count < 0) {
        return NULL;
    }
    char *text = arena_alloc(a, (size_t)count + 1);
    if (text) {
        va_start(args, format);
        vsnprintf(text, (size_t)count + 1, format, args);
        va_end(args);
    }
    return text;
}

static void *piece_take(struct arena_block *block, size_t bytes)
{
    unsigned char *piece = block->data + block->taken;
    block->taken += bytes;
    memset(piece, 0, bytes);
    return piece;
}

/* The caller has made sure that room fits below the maximum, and hangs the block in. */
static struct arena_block *block_new(struct arena *a, size_t room)
{
    struct arena_block *block = mem_alloc(sizeof *block + room);
    if (block) {
        *block = (struct arena_block){.next = NULL, .room = room, .taken = 0};
        a->used_bytes += sizeof *block + room;
    }
    return block;
}

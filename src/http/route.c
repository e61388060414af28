/* Owns the tree of path segments.
 *
 *     "" ─► "api" ─► "v1" ─► "cases" ─► {}      routes by method hang at every node
 *       └─► "report"
 *
 * Children are a linked list in the order of the routes, the parameter's node hangs apart.
 * Invariants: a node's literal is not empty; a parameter matches exactly one segment; the tree is
 * not changed after route_table_new. Refuses patterns that could be read two ways: they end the
 * process at start.
 */
#include "route.h"

#include "base/mem.h"
#include "base/must.h"

struct node {
    struct str literal;
    struct node *next; /* sibling */
    struct node *child;
    struct node *param;
    const struct http_route *route[ROUTE_METHODS];
};

struct route_table {
    struct node *node; /* all of them; the first is "/" */
    size_t count;
    size_t room;
};

static struct node *add_node(struct route_table *t, struct str literal);
static struct node *descend(struct route_table *t, struct node *from, struct str segment);
static bool next_segment(struct str *rest, struct str *segment);
static bool is_param(struct str segment);

enum err route_table_new(const struct http_route *routes, size_t count, struct route_table **out)
{
    size_t room = 1;
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(routes[i].pattern);
        struct str segment;
        while (next_segment(&rest, &segment)) {
            room++;
        }
    }
    struct route_table *t = mem_alloc(sizeof *t);
    struct node *nodes = mem_array(room, sizeof *nodes);
    if (!t || !nodes) {
        mem_free(t);
        mem_free(nodes);
        return ERR_NOMEM;
    }
    *t = (struct route_table){.node = nodes, .count = 1, .room = room};
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = &routes[i];
        struct str rest = str_of(route->pattern);
        must(rest.bytes > 0 && rest.at[0] == '/' && route->handler);
        must((unsigned)route->method < ROUTE_METHODS);
        struct node *n = nodes;
        struct str segment;
        size_t depth = 0;
        size_t params = 0;
        while (next_segment(&rest, &segment)) {
            must(segment.bytes > 0 && ++depth <= WIRE_SEGMENTS_MAX);
            params += is_param(segment);
            n = descend(t, n, segment);
        }
        must(params <= ROUTE_PARAMS_MAX);
        must(!n->route[route->method]);
        n->route[route->method] = route;
    }
    *out = t;
    return ERR_NONE;
}

void route_table_free(struct route_table *t)
{
    if (t) {
        mem_free(t->node);
        mem_free(t);
    }
}

/* Depth-first; false: nothing below n fits. The depth is at most WIRE_SEGMENTS_MAX, and every level
 * has at most two ways down, so hostile paths cost no more than the tree has nodes. */
static bool find_below(const struct node *n, const struct wire_path *path, size_t depth,
                       enum http_method method, struct route_match *out)
{
    if (depth == path->count) {
        for (size_t m = 0; m < ROUTE_METHODS; m++) {
            out->allowed |= n->route[m] ? 1U << m : 0;
        }
        out->route = n->route[method];
        return out->route != NULL;
    }
    struct str segment = path->segment[depth];
    for (const struct node *child = n->child; child; child = child->next) {
        if (str_equal(child->literal, segment)) {
            if (find_below(child, path, depth + 1, method, out)) {
                return true;
            }
            break;
        }
    }
    if (!n->param || out->param_count == ROUTE_PARAMS_MAX) {
        return false;
    }
    out->param[out->param_count++] = segment;
    if (find_below(n->param, path, depth + 1, method, out)) {
        return true;
    }
    out->param_count--;
    return false;
}

void route_find(const struct route_table *t, const struct wire_path *path, enum http_method method,
                struct route_match *out)
{
    out->route = NULL;
    out->param_count = 0;
    out->allowed = 0;
    (void)find_below(t->node, path, 0, method, out);
}

struct str route_param(const struct route_match *m, struct str name)
{
    struct str rest = m->route ? str_of(m->route->pattern) : STR_NONE;
    struct str segment;
    for (size_t i = 0; next_segment(&rest, &segment);) {
        if (!is_param(segment)) {
            continue;
        }
        if (str_equal((struct str){segment.at + 1, segment.bytes - 2}, name)) {
            return m->param[i];
        }
        i++;
    }
    return STR_NONE;
}

/* rest begins with '/'; "/" alone has no segments. */
static bool next_segment(struct str *rest, struct str *segment)
{
    if (rest->bytes <= 1) {
        return false;
    }
    struct str s = {rest->at + 1, rest->bytes - 1};
    const char *slash = memchr(s.at, '/', s.bytes);
    *segment = (struct str){s.at, slash ? (size_t)(slash - s.at) : s.bytes};
    *rest = (struct str){s.at + segment->bytes, s.bytes - segment->bytes};
    return true;
}

static bool is_param(struct str segment)
{
    bool opens = segment.at[0] == '{';
    must(opens == (segment.at[segment.bytes - 1] == '}'));
    must(!opens || segment.bytes > 2);
    return opens;
}

static struct node *add_node(struct route_table *t, struct str literal)
{
    must(t->count < t->room);
    struct node *n = &t->node[t->count++];
    n->literal = literal;
    return n;
}

static struct node *descend(struct route_table *t, struct node *from, struct str segment)
{
    if (is_param(segment)) {
        if (!from->param) {
            from->param = add_node(t, STR_NONE);
        }
        return from->param;
    }
    struct node **link = &from->child;
    for (; *link; link = &(*link)->next) {
        if (str_equal((*link)->literal, segment)) {
            return *link;
        }
    }
    *link = add_node(t, segment);
    return *link;
}

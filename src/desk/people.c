/* Staff: accounts, signing in, sessions.
 *
 * Passwords are Argon2id; hashing borrows a pixel workspace's turn, so that a flood of attempts costs
 * no more memory or cores than photos do. Attempts are throttled per name, in memory: after
 * TRIES_FREE failures within TRIES_WINDOW_MS further ones are refused until the window has passed. An
 * unknown name, a wrong password and a disabled account are told apart nowhere.
 *
 * A session that was looked up a moment ago is answered from memory for SESSION_FRESH_MS; changes to
 * people by this process empty that memory at once (people_epoch).
 */
#include "internal.h"
#include "base/must.h"
#include "base/text.h"
#include "crypto/crypto.h"

#define NAME_POINTS_MAX 60
#define PASSWORD_BYTES_MAX 1024
#define TRIES_FREE 8
#define TRIES_WINDOW_MS (10 * 60 * 1000LL)
#define SESSION_FRESH_MS 3000
#define SEEN_EVERY_MS (5 * 60 * 1000LL)

/* ---- accounts ---- */

struct account {
    struct desk *d;
    struct str name, hash;
    enum role role;
    struct arena *a;
};

static enum err check_password(struct str password, struct report_problems *problems)
{
    const char *code = NULL;
    if (!text_utf8_valid(password)) code = "not_text";
    else if (password.bytes > PASSWORD_BYTES_MAX) code = "too_long";
    else if (text_points(password) < DESK_PASSWORD_POINTS_MIN) code = "too_short";
    if (code) problems_add(problems, "password", 0, code);
    return code ? ERR_INPUT : ERR_NONE;
}

static enum err hash_password(struct desk *d, struct str password, char hash[CRYPTO_PASSWORD_ROOM])
{
    struct image_workspace *turn;
    enum err e = pixels_borrow(d, &turn);
    if (e) return e;
    e = crypto_password_hash(d->env, password, hash);
    pixels_return(d, turn);
    return e;
}

static void forget_sessions(struct desk *d)
{
    pthread_mutex_lock(&d->people_lock);
    d->people_epoch++;
    pthread_mutex_unlock(&d->people_lock);
}

static enum err insert_person(struct store_tx *tx, void *context)
{
    struct account *x = context;
    struct person p = {.name = x->name, .role = x->role, .password_hash = x->hash,
                       .created_at_ms = env_now_ms(x->d->env)};
    int64_t id;
    return store_person_insert(tx, &p, &id);
}

enum err desk_person_add(struct desk *d, struct str name, enum role role, struct str password,
                         struct report_problems *problems)
{
    problems->count = 0;
    struct arena a;
    arena_init(&a, 1 << 20);
    char hash[CRYPTO_PASSWORD_ROOM];
    struct account x = {.d = d, .role = role, .a = &a};
    enum err e = clean_field(name, NAME_POINTS_MAX, "name", &a, &x.name, problems);
    if (!e && x.name.bytes == 0) {
        problems_add(problems, "name", 0, "missing");
        e = ERR_INPUT;
    }
    if (!e) e = check_password(password, problems);
    if (!e) e = hash_password(d, password, hash);
    if (!e) {
        x.hash = str_of(hash);
        e = store_write(d->store, insert_person, &x);
    }
    arena_clear(&a);
    return e;
}

static enum err set_password(struct store_tx *tx, void *context)
{
    struct account *x = context;
    struct person p;
    enum err e = store_person_by_name(tx, x->name, x->a, &p);
    return e ? e : store_person_set_password(tx, p.id, x->hash);
}

enum err desk_person_passwd(struct desk *d, struct str name, struct str password, struct report_problems *problems)
{
    problems->count = 0;
    struct arena a;
    arena_init(&a, 1 << 20);
    char hash[CRYPTO_PASSWORD_ROOM];
    struct account x = {.d = d, .name = name, .a = &a};
    enum err e = check_password(password, problems);
    if (!e) e = hash_password(d, password, hash);
    if (!e) {
        x.hash = str_of(hash);
        e = store_write(d->store, set_password, &x);
    }
    forget_sessions(d);
    arena_clear(&a);
    return e;
}

static enum err disable(struct store_tx *tx, void *context)
{
    struct account *x = context;
    struct person p;
    enum err e = store_person_by_name(tx, x->name, x->a, &p);
    return e ? e : store_person_disable(tx, p.id, env_now_ms(x->d->env));
}

enum err desk_person_disable(struct desk *d, struct str name)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    struct account x = {.d = d, .name = name, .a = &a};
    enum err e = store_write(d->store, disable, &x);
    forget_sessions(d);
    arena_clear(&a);
    return e;
}

struct people {
    struct arena *a;
    struct person *list;
    size_t count;
};

static enum err read_people(struct store_tx *tx, void *context)
{
    struct people *p = context;
    return store_person_list(tx, p->a, &p->list, &p->count);
}

enum err desk_person_list(struct desk *d, struct arena *a, struct person **out, size_t *count)
{
    struct people p = {.a = a};
    enum err e = store_read(d->store, read_people, &p);
    if (e) return e;
    *out = p.list;
    *count = p.count;
    return ERR_NONE;
}

/* ---- throttle ---- */

/* FNV-1a, 64 bits; names that share a slot share their luck. */
static struct throttle_entry *throttle_slot(struct desk *d, struct str name, uint64_t *hash)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < name.bytes; i++) h = (h ^ (uint8_t)name.at[i]) * 1099511628211u;
    *hash = h;
    return &d->throttle[h % THROTTLE_NAMES];
}

static bool throttled(struct desk *d, struct str name)
{
    uint64_t hash;
    pthread_mutex_lock(&d->people_lock);
    struct throttle_entry *slot = throttle_slot(d, name, &hash);
    bool no = slot->name_hash == hash && slot->failures >= TRIES_FREE &&
              env_monotonic_ms(d->env) - slot->first_at_ms < TRIES_WINDOW_MS;
    pthread_mutex_unlock(&d->people_lock);
    return no;
}

static void throttle_note(struct desk *d, struct str name, bool failed)
{
    uint64_t hash;
    int64_t now_ms = env_monotonic_ms(d->env);
    pthread_mutex_lock(&d->people_lock);
    struct throttle_entry *slot = throttle_slot(d, name, &hash);
    bool other = slot->name_hash != hash || now_ms - slot->first_at_ms >= TRIES_WINDOW_MS;
    if (!failed) *slot = (struct throttle_entry){0};
    else if (other) *slot = (struct throttle_entry){.name_hash = hash, .failures = 1, .first_at_ms = now_ms};
    else slot->failures++;
    pthread_mutex_unlock(&d->people_lock);
}

/* ---- sessions ---- */

struct signing {
    struct desk *d;
    struct str name;
    struct arena *a;
    struct person person;
    struct staff_session session;
};

static enum err read_person(struct store_tx *tx, void *context)
{
    struct signing *s = context;
    return store_person_by_name(tx, s->name, s->a, &s->person);
}

static enum err write_session(struct store_tx *tx, void *context)
{
    struct signing *s = context;
    enum err e = store_session_insert(tx, &s->session);
    return e ? e : store_person_signed_in(tx, s->person.id, s->session.created_at_ms);
}

enum err desk_sign_in(struct desk *d, struct str name, struct str password, struct arena *a, char token[44],
                      struct person *out)
{
    struct signing s = {.d = d, .a = a};
    if (password.bytes > PASSWORD_BYTES_MAX || text_clean(name, NAME_POINTS_MAX, a, &s.name)) return ERR_DENIED;
    if (throttled(d, s.name)) return ERR_BUSY;
    enum err e = store_read(d->store, read_person, &s);
    if (e && e != ERR_NOT_FOUND) return e;
    bool usable = !e && !s.person.disabled_at_ms;
    struct image_workspace *turn;
    e = pixels_borrow(d, &turn);
    if (e) return e;
    char *hash = usable ? arena_text(a, s.person.password_hash) : NULL;
    e = crypto_password_check(hash, password);
    pixels_return(d, turn);
    if (!e && !usable) e = ERR_DENIED;
    throttle_note(d, s.name, e == ERR_DENIED);
    if (e) return e;
    crypto_token(d->env, token);
    crypto_sha256(token, CRYPTO_TOKEN_ROOM - 1, s.session.token_sha256);
    s.session.person_id = s.person.id;
    s.session.created_at_ms = s.session.seen_at_ms = env_now_ms(d->env);
    s.session.ends_at_ms = s.session.created_at_ms + DESK_SESSION_MS;
    e = store_write(d->store, write_session, &s);
    if (!e) *out = s.person;
    return e;
}

static struct session_entry *session_slot(struct desk *d, const uint8_t sha256[32])
{
    return &d->session[sha256[0] % SESSION_CACHE];
}

static bool session_cached(struct desk *d, const uint8_t sha256[32], struct arena *a, struct person *out)
{
    bool found = false;
    struct person p = {0};
    pthread_mutex_lock(&d->people_lock);
    const struct session_entry *slot = session_slot(d, sha256);
    if (slot->checked_at_ms && slot->epoch == d->people_epoch && crypto_equal(slot->token_sha256, sha256, 32) &&
        env_monotonic_ms(d->env) - slot->checked_at_ms < SESSION_FRESH_MS) {
        p.id = slot->person_id;
        p.role = slot->role;
        p.name = arena_str(a, str_of(slot->name));
        found = p.name.at != NULL;
    }
    pthread_mutex_unlock(&d->people_lock);
    if (found) *out = p;
    return found;
}

static void session_remember(struct desk *d, const uint8_t sha256[32], uint64_t epoch, const struct person *p)
{
    if (p->name.bytes >= SESSION_NAME_ROOM) return;
    pthread_mutex_lock(&d->people_lock);
    struct session_entry *slot = session_slot(d, sha256);
    *slot = (struct session_entry){.checked_at_ms = env_monotonic_ms(d->env), .epoch = epoch, .person_id = p->id,
                                   .role = p->role};
    memcpy(slot->token_sha256, sha256, 32);
    memcpy(slot->name, p->name.at, p->name.bytes);
    pthread_mutex_unlock(&d->people_lock);
}

static enum err read_session(struct store_tx *tx, void *context)
{
    struct signing *s = context;
    return store_session_get(tx, s->session.token_sha256, s->a, &s->session, &s->person);
}

static enum err write_seen(struct store_tx *tx, void *context)
{
    struct signing *s = context;
    return store_session_seen(tx, s->session.token_sha256, env_now_ms(s->d->env));
}

enum err desk_session(struct desk *d, struct str token, struct arena *a, struct person *out)
{
    struct signing s = {.d = d, .a = a};
    if (token.bytes != CRYPTO_TOKEN_ROOM - 1) return ERR_NOT_FOUND;
    uint8_t sha256[32];
    crypto_sha256(token.at, token.bytes, sha256);
    if (session_cached(d, sha256, a, out)) return ERR_NONE;
    pthread_mutex_lock(&d->people_lock);
    uint64_t epoch = d->people_epoch;
    pthread_mutex_unlock(&d->people_lock);
    memcpy(s.session.token_sha256, sha256, sizeof sha256);
    enum err e = store_read(d->store, read_session, &s);
    if (e) return e;
    int64_t now_ms = env_now_ms(d->env);
    if (s.person.disabled_at_ms || now_ms >= s.session.ends_at_ms || now_ms - s.session.seen_at_ms >= DESK_SESSION_IDLE_MS)
        return ERR_NOT_FOUND;
    if (now_ms - s.session.seen_at_ms >= SEEN_EVERY_MS && store_write(d->store, write_seen, &s))
        log_line(d->env->log, LOG_WARN, "what=\"session's last use not noted\"");
    session_remember(d, sha256, epoch, &s.person);
    *out = s.person;
    return ERR_NONE;
}

static enum err delete_session(struct store_tx *tx, void *context)
{
    struct signing *s = context;
    return store_session_delete(tx, s->session.token_sha256);
}

enum err desk_sign_out(struct desk *d, struct str token)
{
    struct signing s = {.d = d};
    crypto_sha256(token.at, token.bytes, s.session.token_sha256);
    enum err e = store_write(d->store, delete_session, &s);
    forget_sessions(d);
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Forms as browsers send them, and as they do not. */
/* links: http base */
#include "http_support.h"

static struct arena arena;
static struct http_form form;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 22);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static enum err parse(const char *type, const char *body)
{
    arena_reset(&arena);
    memset(&form, 0, sizeof form);
    return http_form_parse(str_of(type), str_of(body), &arena, &form);
}

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=XX"
#define PART "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"

static void test_urlencoded(void **state)
{
    (void)state;
    assert_int_equal(parse(URLENCODED "; charset=UTF-8",
                           "name=%E4%BD%90%E8%97%A4+x&empty=&flag&a=1&a=2&%61b=%26"),
                     ERR_NONE);
    assert_int_equal(form.count, 6);
    assert_true(str_equal(http_form_get(&form, "name"), STR("\xE4\xBD\x90\xE8\x97\xA4 x")));
    assert_non_null(http_form_get(&form, "empty").at);
    assert_int_equal(http_form_get(&form, "empty").bytes, 0);
    assert_non_null(http_form_get(&form, "flag").at);
    assert_true(str_equal(http_form_get(&form, "a"), STR("1")));
    assert_true(str_equal(http_form_get(&form, "ab"), STR("&")));
    assert_null(http_form_get(&form, "none").at);
    assert_null(form.field[0].filename.at);
    assert_int_equal(parse(URLENCODED, ""), ERR_NONE);
    assert_int_equal(form.count, 0);
    assert_int_equal(parse(URLENCODED, "a=%"), ERR_INPUT);
    assert_int_equal(parse(URLENCODED, "%FF=1"), ERR_INPUT);
    assert_int_equal(parse("text/plain", "a=1"), ERR_INPUT);
    assert_int_equal(parse("", "a=1"), ERR_INPUT);
    char many[1024] = "";
    for (int i = 0; i < HTTP_FIELDS_MAX; i++) {
        memcpy(many + 4 * i, "a=1&", 5);
    }
    assert_int_equal(parse(URLENCODED, many), ERR_NONE);
    memcpy(many + 4 * HTTP_FIELDS_MAX, "a=1", 4);
    assert_int_equal(parse(URLENCODED, many), ERR_TOO_BIG);
}

static void test_multipart(void **state)
{
    (void)state;
    assert_int_equal(parse("multipart/form-data; boundary=\"----WebKit x\"",
                           "preamble\r\n------WebKit x\r\n"
                           "Content-Disposition: form-data; name=\"text\"\r\n\r\n"
                           "two\r\nlines\r\n------WebKit x  \r\n"
                           "content-disposition:form-data;NAME=photo; filename=\"a b.jpg\"\r\n"
                           "Content-Type: image/jpeg\r\nX-Other: y\r\n\r\n"
                           "\xFF\xD8\r\n------WebKit xx\r\n\xFF\xD9\r\n------WebKit x\r\n"
                           "Content-Disposition: form-data; name=\"none\"\r\n\r\n"
                           "\r\n------WebKit x--\r\nepilogue"),
                     ERR_NONE);
    assert_int_equal(form.count, 3);
    assert_true(str_equal(http_form_get(&form, "text"), STR("two\r\nlines")));
    assert_null(form.field[0].filename.at);
    assert_true(str_equal(form.field[0].type, STR("")));
    assert_true(str_equal(form.field[1].name, STR("photo")));
    assert_true(str_equal(form.field[1].filename, STR("a b.jpg")));
    assert_true(str_equal(form.field[1].type, STR("image/jpeg")));
    assert_true(str_equal(form.field[1].value, STR("\xFF\xD8\r\n------WebKit xx\r\n\xFF\xD9")));
    assert_int_equal(http_form_get(&form, "none").bytes, 0);
}

static void test_multipart_empty_part(void **state)
{
    (void)state;
    assert_int_equal(parse(MULTIPART, PART "--XX--"), ERR_NONE);
    assert_int_equal(form.count, 1);
    assert_int_equal(form.field[0].value.bytes, 0);
    assert_int_equal(parse(MULTIPART, PART PART "v\r\n--XX--"), ERR_NONE);
    assert_int_equal(form.count, 2);
    assert_true(str_equal(form.field[1].value, STR("v")));
    assert_int_equal(parse(MULTIPART, "--XX--\r\n"), ERR_NONE);
    assert_int_equal(form.count, 0);
}

static void check_names(const char *disposition, const char *name, const char *filename)
{
    char body[1024];
    snprintf(body, sizeof body, "--XX\r\nContent-Disposition: %s\r\n\r\nv\r\n--XX--\r\n",
             disposition);
    enum err e = parse(MULTIPART, body);
    if (!name) {
        if (e != ERR_INPUT) {
            fail_msg("accepted: %s", disposition);
        }
        return;
    }
    if (e) {
        fail_msg("refused: %s", disposition);
    }
    assert_true(str_equal(form.field[0].name, str_of(name)));
    assert_int_equal(form.field[0].filename.at != NULL, filename != NULL);
    assert_true(str_equal(form.field[0].filename, str_of(filename)));
}

static void test_multipart_names(void **state)
{
    (void)state;
    check_names("form-data; name=a", "a", NULL);
    check_names("form-data; name=\"a\\\"b\"", "a\"b", NULL);
    check_names("form-data; name=\"a%22b%0D%0Ac%20d\"", "a\"b\r\nc%20d", NULL);
    check_names("form-data; name=\"a;b=c\"", "a;b=c", NULL);
    check_names("form-data; name=\"\xE5\x86\x99\xE7\x9C\x9F\"", "\xE5\x86\x99\xE7\x9C\x9F", NULL);
    check_names("form-data; name=\"a\"; filename=\"\"", "a", "");
    check_names("form-data; name=\"a\"; filename=\"x\\\\y.jpg\"", "a", "x\\y.jpg");
    check_names("form-data; name=\"a\"; filename=\"C:\\dir\\x.jpg\"", "a", "C:\\dir\\x.jpg");
    check_names("form-data; name=\"a\"; filename*=UTF-8''%E5%86%99.jpg", "a", "\xE5\x86\x99.jpg");
    check_names("form-data; name=\"a\"; filename*=UTF-8''x; filename=y", "a", "y");
    check_names("form-data; name=\"a\"; filename*=iso-8859-1''%E4", "a", "");
    check_names("form-data; name=\"a\"; filename=\"\xFF\"", "a", "");
    check_names("form-data; name=\"a\"; other=\"b\"", "a", NULL);
    check_names("form-data; ; name=\"a\";", "a", NULL);
    check_names("form-data", NULL, NULL);
    check_names("form-data; filename=\"x\"", NULL, NULL);
    check_names("form-data; name=\"a\"; name=\"b\"", NULL, NULL);
    check_names("form-data; name=\"a\"; filename=x; filename=y", NULL, NULL);
    check_names("form-data; name=\"a", NULL, NULL);
    check_names("form-data; name", NULL, NULL);
    check_names("form-data name=\"a\"", NULL, NULL);
    check_names("form-data; name=\"a\" x", NULL, NULL);
    check_names("form-data; name=\"\xFF\"", NULL, NULL);
    check_names("attachment; name=\"a\"", NULL, NULL);
}

static void test_multipart_refuses(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "nothing",
        PART "v",
        PART "v\r\n",
        PART "v\r\n--XX",
        PART "v\r\n--XX-",
        PART "v\r\n--XX\r\n",
        PART "v\r\n--XX--x",
        PART "v\n--XX--\n",
        "--XX\nContent-Disposition: form-data; name=\"a\"\n\nv\n--XX--\n",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\nX: y\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n",
        "--XX\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Type: a/b\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b"
        "\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"
        "\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=a\r\n: x\r\n\r\nv\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=a\r\nno colon\r\n\r\nv\r\n--XX--\r\n",
        "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--X--\r\n",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (parse(MULTIPART, bodies[i]) != ERR_INPUT) {
            fail_msg("accepted: %s", bodies[i]);
        }
    }
    static const char *const types[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"XX",
        "multipart/form-data; boundary=XX; boundary=YY",
        "multipart/form-data; boundary=\"X\tX\"",
        "multipart/form-data; boundary=\"XX \"",
        "multipart/form-data; boundary=X<X",
        "multipart/"
        "form-data;boundary="
        "01234567890123456789012345678901234567890123456789012345678901234567890",
        "multipart/mixed; boundary=XX",
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (parse(types[i], PART "v\r\n--XX--\r\n") != ERR_INPUT) {
            fail_msg("accepted: %s", types[i]);
        }
    }
}

static void test_multipart_limits(void **state)
{
    (void)state;
    static char body[16384];
    size_t n = 0;
    for (int i = 0; i < HTTP_FIELDS_MAX; i++) {
        n += (size_t)snprintf(body + n, sizeof body - n, PART "%d\r\n", i);
    }
    snprintf(body + n, sizeof body - n, "--XX--");
    assert_int_equal(parse(MULTIPART, body), ERR_NONE);
    assert_int_equal(form.count, HTTP_FIELDS_MAX);
    snprintf(body + n, sizeof body - n, PART "\r\n--XX--");
    assert_int_equal(parse(MULTIPART, body), ERR_TOO_BIG);

    n = (size_t)snprintf(body, sizeof body,
                         "--XX\r\nContent-Disposition: form-data; name=a\r\nX: ");
    memset(body + n, 'y', 5000);
    snprintf(body + n + 5000, sizeof body - n - 5000, "\r\n\r\nv\r\n--XX--");
    assert_int_equal(parse(MULTIPART, body), ERR_INPUT);

    n = (size_t)snprintf(body, sizeof body, "--XX\r\n");
    for (int i = 0; i < 20; i++) {
        n += (size_t)snprintf(body + n, sizeof body - n, "X: y\r\n");
    }
    snprintf(body + n, sizeof body - n,
             "Content-Disposition: form-data; name=a\r\n\r\nv\r\n--XX--");
    assert_int_equal(parse(MULTIPART, body), ERR_INPUT);

    struct arena none;
    arena_init(&none, 0);
    assert_int_equal(http_form_parse(STR(URLENCODED), STR("a=%20"), &none, &form), ERR_NOMEM);
}

/* A photo of many false starts. */
static void test_multipart_large(void **state)
{
    (void)state;
    size_t size = (size_t)2 << 20;
    char *body = malloc(size + 1024);
    assert_non_null(body);
    int n = snprintf(body, 1024,
                     "--XX\r\nContent-Disposition: form-data; name=p; filename=f\r\n\r\n");
    for (size_t i = 0; i < size; i++) {
        body[(size_t)n + i] = "\r\n--XY\r\n-XX\r"[i % 13];
    }
    int end = snprintf(body + (size_t)n + size, 64, "\r\n--XX--");
    struct str all = {body, (size_t)n + size + (size_t)end};
    assert_int_equal(http_form_parse(STR(MULTIPART), all, &arena, &form), ERR_NONE);
    assert_int_equal(form.field[0].value.bytes, size);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urlencoded),           cmocka_unit_test(test_multipart),
        cmocka_unit_test(test_multipart_empty_part), cmocka_unit_test(test_multipart_names),
        cmocka_unit_test(test_multipart_refuses),    cmocka_unit_test(test_multipart_limits),
        cmocka_unit_test(test_multipart_large),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

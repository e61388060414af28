/* One step of the schema, as schema/ has it. */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

struct migration {
    int version;      /* 1, 2, … */
    const char *name; /* "0001_town" */
    const char *sql;
};

#endif

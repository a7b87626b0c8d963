/* partnerd/base.h - the types that every part of the plugin ABI shares. Frozen for ever.
 *
 * THE RULES. Every function of the ABI obeys them; a comment that says otherwise wins over them.
 *
 * R1 A released struct, enum value, function type or its documented meaning never changes in place.
 * R2 Within one revision of a service its table only grows at the end: test with PARTNERD_HAS. Anything else is a new id
 *    ("partnerd.storage/2"), served beside the old one. Loading is gated on partnerd_plugin.needs, never on a version number.
 * R3 Nothing is allocated on one side and freed on the other. Handles die with their scope, or have a function that ends them.
 * R4 Strings are borrowed, UTF-8, not NUL-terminated (partnerd_str) unless their type is `const char *`. An input lasts for the
 *    call. An output lasts until the handler that asked for it returns. What must outlive that is copied, or written into a partnerd_buf.
 * R5 No exception, panic or longjmp crosses, in either direction. In C++ the function types are noexcept: a function that may
 *    throw does not convert to them. A plugin with a private libstdc++ that lets an exception out ends the process.
 * R6 Thread tags: [main] set-up and teardown, never concurrent with anything. [io] the I/O thread: no SQL, no blocking.
 *    [read] [write] inside a transaction that the host opened: no network, no waiting; a write has 50 ms of processor time. [worker] a worker without
 *    a transaction: may block. [any] every thread, the plugin's own too. A call from elsewhere returns PARTNERD_E_THREAD.
 * R7 Enumerations cross as int32_t. An unknown value means "other"; never an error, never undefined.
 * R8 A plugin never begins or commits: it hands the host a function. PARTNERD_OK commits, also when the answer is a refusal (status >=
 * 400);    an error rolls back. After a failed statement the unit is doomed on every database: later calls return PARTNERD_E_STATE and it
 *    rolls back even if the handler returns PARTNERD_OK. A serialization conflict runs the function again; so it has no effect outside its
 *    transaction, and what it must remember of the database it asks partnerd.cache for.
 *
 * Structs that a plugin fills begin with struct_size = sizeof the struct; all else it does not use is zero. The host copies them. */
#ifndef PARTNERD_BASE_H
#define PARTNERD_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define PARTNERD_EXPORT __declspec(dllexport)
#else
#define PARTNERD_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define PARTNERD_NX noexcept
extern "C" {
#else
#define PARTNERD_NX
#endif

/* The ABI of these headers. The major is also in the name of the entry, partnerd_plugin_v1. The minor is for people and logs. */
#define PARTNERD_ABI_MAJOR 1u
#define PARTNERD_ABI_MINOR 0u

/* The size of T up to and including its member m: what partnerd_need.min_size takes. */
#define PARTNERD_SIZE_TO(T, m) ((uint32_t)(offsetof(T, m) + sizeof(((T *)0)->m)))
/* Does the table at `tbl`, of type T, reach to its member m? PARTNERD_HAS_FN: and is that function offered? */
#define PARTNERD_HAS(tbl, T, m) ((tbl) != NULL && (tbl)->struct_size >= PARTNERD_SIZE_TO(T, m))
#define PARTNERD_HAS_FN(tbl, T, m) (PARTNERD_HAS(tbl, T, m) && (tbl)->m != NULL)

/* A borrowed UTF-8 string (R4). ptr may be NULL when len is 0. */
typedef struct partnerd_str {
  const char *ptr;
  size_t len;
} partnerd_str;

/* The caller's memory for text of unknown length. The callee writes at most cap bytes and always sets len to what was needed.
 * len > cap: the text was cut and the call returned PARTNERD_OK; give more room and call again. */
typedef struct partnerd_buf {
  char *ptr;
  size_t cap;
  size_t len;
} partnerd_buf;

/* An amount in minor units. unit: an ISO 4217 code, or another unit ("points", "months"), NUL-terminated. exponent: its decimals. */
typedef struct partnerd_money {
  int64_t minor;
  char unit[12];
  int32_t exponent;
} partnerd_money;

/* A program, partner, enrollment, link, customer, conversion, account, entry, event, ... Positive; 0 is none. */
typedef int64_t partnerd_id;

/* What a function returns. 0 and above: it went well. Below 0: it did not, and the partnerd_error was filled. */
typedef int32_t partnerd_status;
enum {
  PARTNERD_OK = 0,
  PARTNERD_ROW = 1,             /* step(): there is a row */
  PARTNERD_DONE = 2,            /* step(): there is none, or no more */
  PARTNERD_DEFERRED = 3,        /* an IO route answers later, through its partnerd_deferred */
  PARTNERD_LOAD = 4,            /* a cache does not know: return it from the IO route, which is called again once the host knows */
  PARTNERD_E_FAIL = -1,         /* failed, for the reason in the message */
  PARTNERD_E_INVALID = -2,      /* an argument is wrong */
  PARTNERD_E_NOTFOUND = -3,     /* there is no such thing */
  PARTNERD_E_CONFLICT = -4,     /* it contradicts what is there */
  PARTNERD_E_RETRY = -5,        /* the same call may go well later: retry_after_ms */
  PARTNERD_E_TIMEOUT = -6,      /* the budget of the unit or of the call is used up; a unit is doomed */
  PARTNERD_E_THREAD = -7,       /* not allowed on this thread (R6) */
  PARTNERD_E_STATE = -8,        /* not allowed now: a dead handle or one of another thread, a doomed unit, a late registration */
  PARTNERD_E_UNSUPPORTED = -9,  /* this host or database does not do that */
  PARTNERD_E_NOMEM = -10        /* out of memory */
};

/* partnerd_error.db_category: what a database error was about. */
enum {
  PARTNERD_DB_NONE = 0,
  PARTNERD_DB_CONSTRAINT = 1,
  PARTNERD_DB_CONNECTION = 2,
  PARTNERD_DB_CONFLICT = 3, /* a serialization conflict: return the error, the host runs the unit again */
  PARTNERD_DB_SYNTAX = 4,
  PARTNERD_DB_FULL = 5,
  PARTNERD_DB_OTHER = 6
};

/* Why something failed. On the caller's stack: zeroed, struct_size set. The callee fills it only when it returns an error, and never
 * past struct_size. Every `partnerd_error *` may be NULL. All texts are NUL-terminated and cut at a character.
 * An error that a route returns is answered as a problem (RFC 9457): reason, http_status, message and field become code, status, detail
 * and pointer. Without a reason the answer is 500 `plugin_failed`, or 503 `busy` for PARTNERD_E_RETRY. */
typedef struct partnerd_error {
  uint32_t struct_size;
  int32_t status;         /* the status that was returned */
  int32_t db_category;    /* PARTNERD_DB_... */
  int32_t retry_after_ms; /* with PARTNERD_E_RETRY; 0: the host decides */
  int32_t http_status;    /* 400 to 599, with reason; else 0 */
  int32_t reserved;
  char sqlstate[8];       /* PostgreSQL's five characters, else empty */
  char reason[48];        /* a stable code for machines ("conversion_differs"); the core's are in docs/errors.md; else empty */
  char field[64];         /* the JSON pointer or parameter that was wrong, else empty */
  char message[360];      /* a sentence for a person: what was wrong and the way out; never a secret */
} partnerd_error;

/* The type of a partnerd_value, and of a column or fact that is declared. */
enum {
  PARTNERD_T_NULL = 0,
  PARTNERD_T_I64 = 1,
  PARTNERD_T_F64 = 2,
  PARTNERD_T_TEXT = 3,
  PARTNERD_T_BLOB = 4,
  PARTNERD_T_TIME_US = 5, /* i64: microseconds since 1970-01-01T00:00:00Z */
  PARTNERD_T_BOOL = 6,    /* i64: 0 or 1 */
  PARTNERD_T_MONEY = 7    /* facts and fields only; a database column holds minor units as I64 */
};

/* A value. Which member of v counts follows from type: i64 (I64, TIME_US, BOOL), f64, bytes (TEXT, BLOB), money. */
typedef struct partnerd_value {
  int32_t type;
  int32_t reserved;
  union {
    int64_t i64;
    double f64;
    partnerd_str bytes;
    partnerd_money money;
  } v;
} partnerd_value;

typedef struct partnerd_kv {
  partnerd_str key;
  partnerd_str value;
} partnerd_kv;

/* A loaded plugin, as the host sees it. Given to create(); valid until destroy() returns. [any] */
typedef struct partnerd_host partnerd_host;
/* A unit of work or a snapshot. Valid on the thread and until the return of the handler it was given to; later: PARTNERD_E_STATE. */
typedef struct partnerd_tx partnerd_tx;
/* Work inside a transaction (R8). */
typedef partnerd_status (*partnerd_tx_fn)(void *user, partnerd_tx *tx, partnerd_error *error) PARTNERD_NX;

/* What the host gives a plugin. Lives as long as the process. */
typedef struct partnerd_host_api {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor;
  uint32_t reserved;
  const char *name;    /* "partnerd" */
  const char *version; /* "0.1.0": for people and logs */
  /* [any] The table of a service ("partnerd.storage/1"), or NULL when this host has none of that id. Lives as long as the process.
   * Look it up once, in create(). */
  const void *(*get_service)(partnerd_host *host, const char *id) PARTNERD_NX;
} partnerd_host_api;

#ifdef __cplusplus
}
#endif
#endif

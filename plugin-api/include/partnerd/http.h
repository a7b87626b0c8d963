/* partnerd/http.h - routes, and the request and answer that their handlers see. */
#ifndef PARTNERD_HTTP_H
#define PARTNERD_HTTP_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_HTTP "partnerd.http/1"

/* Both are valid on the handler's thread until it returns; after a defer() the answer lives on behind its partnerd_deferred. */
typedef struct partnerd_req partnerd_req;
typedef struct partnerd_resp partnerd_resp;
/* An answer that is given later. Ends with complete() or with the route's timeout. */
typedef struct partnerd_deferred partnerd_deferred;

enum { PARTNERD_NOBODY = 0, PARTNERD_OPERATOR = 1, PARTNERD_MERCHANT = 2, PARTNERD_PARTNER = 3 };

/* Who asks. The caller sets struct_size. */
typedef struct partnerd_principal {
  uint32_t struct_size;
  int32_t kind;        /* PARTNERD_NOBODY ... PARTNERD_PARTNER */
  partnerd_id id;      /* the partner (PARTNER), the program (MERCHANT), or 0 */
  partnerd_id key;     /* the API key, or 0 */
  int32_t test;        /* 1: a test key; conversions get test = 1 */
  int32_t reserved;
  partnerd_str scopes; /* separated by spaces; until the handler returns */
} partnerd_principal;

enum {
  PARTNERD_ROUTE_READ = 0,  /* [read] tx is a snapshot that was opened after the request arrived */
  /* [write] tx is a unit of work; the answer leaves once it is durable; may run again (R8), with an empty answer */
  PARTNERD_ROUTE_WRITE = 1,
  PARTNERD_ROUTE_IO = 2,    /* [io] tx is NULL; may defer, may return PARTNERD_LOAD; at most 1 ms */
  PARTNERD_ROUTE_WORKER = 3 /* [worker] tx is NULL; may block, and may call storage.transact */
};

/* Answers a request: PARTNERD_OK sends what is in the answer; IO routes also PARTNERD_DEFERRED and PARTNERD_LOAD. An error throws the
 * answer away and sends a problem made from the partnerd_error. */
typedef partnerd_status (*partnerd_handler)(void *user, partnerd_tx *tx, partnerd_req *req, partnerd_resp *resp,
    partnerd_error *error) PARTNERD_NX;

typedef struct partnerd_route {
  uint32_t struct_size;
  int32_t kind;         /* PARTNERD_ROUTE_... */
  const char *method;   /* "GET" "POST" "PUT" "PATCH" "DELETE" */
  /* "/redeem" is served as /v1/programs/{program}/<plugin id>/redeem, for programs that enable the plugin; "//r/{code}" as /r/{code}, if
   * the operator allows the plugin root routes. {name} is one segment. A path that another route has fails create(). */
  const char *path;
  const char *scopes;   /* "public", or who may call: "operator" "merchant" "partner", separated by spaces; NULL: "operator" */
  const char *summary;  /* one line for /openapi.json, or NULL */
  const char *accepts;  /* media types of a body, separated by spaces; NULL: "application/json". Pairs of a form become parameters */
  int32_t timeout_ms;   /* 0: 10 000 */
  uint32_t max_body;    /* bytes; 0: 65 536 */
  partnerd_handler handle;
  void *user;
} partnerd_route;

typedef struct partnerd_http_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(); copied. PARTNERD_E_CONFLICT: the method and path are taken. PARTNERD_E_INVALID: a bad member, or a root route that
   * the operator did not allow. */
  partnerd_status (*add_route)(partnerd_host *host, const partnerd_route *route, partnerd_error *error) PARTNERD_NX;

  /* The request: [handler's thread]. Outputs last until the handler returns. A dead handle gives empty strings, 0 and PARTNERD_E_STATE. */
  partnerd_status (*principal)(partnerd_req *req, partnerd_principal *principal) PARTNERD_NX;
  partnerd_id (*program)(partnerd_req *req) PARTNERD_NX;       /* of {program} in the path; 0 for root routes */
  partnerd_str (*method)(partnerd_req *req) PARTNERD_NX;
  partnerd_str (*target)(partnerd_req *req) PARTNERD_NX;       /* as it came, with the query */
  partnerd_str (*body)(partnerd_req *req) PARTNERD_NX;
  partnerd_str (*client_ip)(partnerd_req *req) PARTNERD_NX;    /* behind trusted proxies */
  partnerd_str (*request_id)(partnerd_req *req) PARTNERD_NX;   /* as in the log and in the answer's header */
  /* A header by its name in any case; the first of several. PARTNERD_E_NOTFOUND: there is none. */
  partnerd_status (*header)(partnerd_req *req, partnerd_str name, partnerd_str *value) PARTNERD_NX;
  /* The nth value (from 0) of a path parameter, then of the query or a form body; decoded. PARTNERD_E_NOTFOUND: there is none. A query that
   * cannot be decoded is refused before the route, but for IO routes, which are not shown what of it cannot. */
  partnerd_status (*param)(partnerd_req *req, partnerd_str name, size_t nth, partnerd_str *value) PARTNERD_NX;
  partnerd_status (*cookie)(partnerd_req *req, partnerd_str name, partnerd_str *value) PARTNERD_NX;

  /* The answer: [handler's thread], after a defer() the thread that has it from deferred_resp(). Begins as 200, application/json, empty. */
  partnerd_status (*status)(partnerd_resp *resp, int32_t status) PARTNERD_NX;          /* 200 to 599, else PARTNERD_E_INVALID */
  /* Replaces, or adds another of that name. PARTNERD_E_INVALID: CR, LF, NUL, a name that is no token or longer than 128 bytes, or a header
   * that is the host's (content-length, connection, transfer-encoding, date). */
  partnerd_status (*set_header)(partnerd_resp *resp, partnerd_str name, partnerd_str value) PARTNERD_NX;
  partnerd_status (*add_header)(partnerd_resp *resp, partnerd_str name, partnerd_str value) PARTNERD_NX;
  partnerd_status (*write)(partnerd_resp *resp, partnerd_str chunk) PARTNERD_NX;       /* appends to the body, at most 16 MiB */
  /* Makes the answer a problem (RFC 9457) and drops its body. status 400 to 599; code: a stable name, [a-z0-9_]{1,47}; field: a JSON
   * pointer or parameter, or empty. The unit still commits when the handler returns PARTNERD_OK (R8). */
  partnerd_status (*problem)(partnerd_resp *resp, int32_t status, partnerd_str code, partnerd_str detail, partnerd_str field) PARTNERD_NX;

  /* [io] in an IO route, which then returns PARTNERD_DEFERRED. NULL: not an IO route, or already deferred. Whoever holds it calls
   * complete() once; also when the route then returns an error (which is a defect: the answer is 500). */
  partnerd_deferred *(*defer)(partnerd_resp *resp) PARTNERD_NX;
  /* [any] The answer, to be filled by the caller alone until complete(); NULL once the timeout has answered 504. A caller that has got it
   * is waited for. Not before the route has returned. */
  partnerd_resp *(*deferred_resp)(partnerd_deferred *deferred) PARTNERD_NX;
  /* [any] Sends the answer (PARTNERD_OK), or a 500 (an error). Exactly once; too late is no harm. Called before the route has returned,
   * it sends when the route returns, so a route may go on filling its answer after it gave the deferred away. */
  void (*complete)(partnerd_deferred *deferred, partnerd_status status) PARTNERD_NX;
} partnerd_http_api;
#define PARTNERD_HTTP_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_http_api, complete)

#ifdef __cplusplus
}
#endif
#endif

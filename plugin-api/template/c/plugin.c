/* hello_c: the smallest plugin in C. Counts visits in a table of its own and answers POST /v1/programs/{program}/hello_c/visits. */
#include <partnerd/partnerd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct hello {
  partnerd_host *host;
  const partnerd_http_api *http;
  const partnerd_storage_api *storage;
  const partnerd_log_api *log;
} hello;

static partnerd_str str(const char *text) {
  partnerd_str s;
  s.ptr = text;
  s.len = strlen(text);
  return s;
}

/* [write] One row per program; the number of visits after this one. */
static partnerd_status count_visit(const hello *self, partnerd_tx *tx, partnerd_id program, int64_t *visits, partnerd_error *error) {
  static const int32_t types[] = {PARTNERD_T_I64};
  partnerd_stmt *statement = NULL;
  partnerd_value value;
  partnerd_status status = self->storage->prepare(
      tx,
      str("insert into hello_c_visit (program, visits) values (:program, 1) "
          "on conflict (program) do update set visits = hello_c_visit.visits + 1 returning visits"),
      types, 1, &statement, error);
  if (status < 0) return status;
  memset(&value, 0, sizeof value);
  value.type = PARTNERD_T_I64;
  value.v.i64 = program;
  if ((status = self->storage->bind(statement, str("program"), &value, error)) < 0) return status;
  if ((status = self->storage->step(statement, error)) < 0) return status;
  if ((status = self->storage->column(statement, 0, &value, error)) < 0) return status;
  *visits = value.v.i64;
  return self->storage->release(statement, error);
}

static partnerd_status on_visit(void *user, partnerd_tx *tx, partnerd_req *req, partnerd_resp *resp, partnerd_error *error) {
  const hello *self = user;
  char body[64];
  int64_t visits = 0;
  partnerd_status status = count_visit(self, tx, self->http->program(req), &visits, error);
  if (status < 0) return status; /* rolls back */
  snprintf(body, sizeof body, "{\"visits\":%lld}", (long long)visits);
  return self->http->write(resp, str(body)); /* PARTNERD_OK commits */
}

static partnerd_status create(const partnerd_host_api *api, partnerd_host *host, void **out, partnerd_error *error) {
  partnerd_route route;
  hello *self = calloc(1, sizeof *self);
  if (self == NULL) return PARTNERD_E_NOMEM;
  self->host = host;
  self->http = api->get_service(host, PARTNERD_SVC_HTTP); /* not NULL: needs[] says so */
  self->storage = api->get_service(host, PARTNERD_SVC_STORAGE);
  self->log = api->get_service(host, PARTNERD_SVC_LOG);
  memset(&route, 0, sizeof route);
  route.struct_size = sizeof route;
  route.kind = PARTNERD_ROUTE_WRITE;
  route.method = "POST";
  route.path = "/visits";
  route.scopes = "public";
  route.summary = "Counts a visit";
  route.handle = on_visit;
  route.user = self;
  if (self->http->add_route(host, &route, error) < 0) {
    free(self);
    return PARTNERD_E_FAIL; /* error says why; destroy() will not be called */
  }
  if (PARTNERD_HAS_FN(self->log, partnerd_log_api, write)) self->log->write(host, PARTNERD_LOG_INFO, str("hello_c is there"), NULL, 0);
  *out = self;
  return PARTNERD_OK;
}

static void destroy(void *self) { free(self); }

const partnerd_plugin *partnerd_plugin_v1(const partnerd_host_api *api) {
  static const partnerd_need needs[] = {
      {sizeof(partnerd_need), PARTNERD_HTTP_SIZE_1_0, PARTNERD_SVC_HTTP, 0, 0},
      {sizeof(partnerd_need), PARTNERD_STORAGE_SIZE_1_0, PARTNERD_SVC_STORAGE, 0, 0},
      {sizeof(partnerd_need), PARTNERD_LOG_SIZE_1_0, PARTNERD_SVC_LOG, 1, 0}, /* optional */
  };
  static const char *const tables[] = {"create table hello_c_visit (program bigint not null primary key, visits bigint not null)", NULL};
  static const partnerd_migration migrations[] = {{sizeof(partnerd_migration), 1, "visits", tables, tables}};
  static const partnerd_plugin plugin = {
      .struct_size = sizeof(partnerd_plugin),
      .abi_major = PARTNERD_ABI_MAJOR,
      .abi_minor = PARTNERD_ABI_MINOR,
      .id = "hello_c",
      .name = "Hello in C",
      .version = "1.0.0",
      .license = "Apache-2.0",
      .needs = needs,
      .n_needs = sizeof needs / sizeof *needs,
      .need_stride = sizeof *needs,
      .migrations = migrations,
      .n_migrations = 1,
      .migration_stride = sizeof *migrations,
      .create = create,
      .destroy = destroy,
  };
  (void)api;
  return &plugin;
}

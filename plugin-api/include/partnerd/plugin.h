/* partnerd/plugin.h - the descriptor of a plugin and its one entry. Frozen for ever.
 *
 * LIFE. The host loads every plugin of its configuration, then for all of them, in this order:
 *   query      partnerd_plugin_v1(): reads the descriptor. `partnerd plugin info` stops here.
 *   check      abi_major, id, needs[]; the instance's configuration against config_schema
 *   migrate    what of migrations[] the database lacks
 *   create()   of every plugin: registers routes, rules, caches, jobs, ... None of them is called before all creates are done.
 *   start()    of every plugin; then requests are served
 *   stop()     in reverse order, after the last call into the plugin has returned
 *   destroy()  in reverse order. The library stays mapped; it is never unloaded.
 * A plugin that fails is named with the reason and stops the boot, unless its configuration says `optional`. All that it registered
 * is dropped. After a failed create() nothing else of the plugin is called; after a failed start(), destroy() only. */
#ifndef PARTNERD_PLUGIN_H
#define PARTNERD_PLUGIN_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One step of the plugin's schema. Steps are applied once each, by ascending version from 1, each in one transaction, and never edited once
 * released. They create and alter only tables and indexes whose names begin with the plugin's id and '_'. Money, times, ids and truth
 * values are BIGINT, all else TEXT. */
typedef struct partnerd_migration {
  uint32_t struct_size;
  uint32_t version;
  const char *name;
  const char *const *sqlite;     /* NULL-terminated list of single statements */
  const char *const *postgresql; /* the same for PostgreSQL; NULL: the plugin does not run on it */
} partnerd_migration;

/* A service that the plugin calls. min_size: PARTNERD_SIZE_TO the last function that it calls. optional: load without it. */
typedef struct partnerd_need {
  uint32_t struct_size;
  uint32_t min_size;
  const char *service;
  uint32_t optional;
  uint32_t reserved;
} partnerd_need;

/* Static data: complete before create(), unchanged for the life of the process. All strings but id may be NULL. */
typedef struct partnerd_plugin {
  uint32_t struct_size;
  uint32_t abi_major, abi_minor; /* PARTNERD_ABI_MAJOR, PARTNERD_ABI_MINOR */
  uint32_t reserved;
  const char *id;                /* [a-z][a-z0-9_]{1,30}, unique in the server; prefix of tables, segment of paths; not "core", not "partnerd..." */
  const char *name;
  const char *version;
  const char *vendor;
  const char *license;           /* SPDX expression */
  const char *homepage;
  const char *config_schema;     /* JSON Schema (draft 7) of the instance's configuration; NULL: takes none */
  const char *program_schema;    /* JSON Schema (draft 7) of one program's configuration; NULL: takes none */
  const char *openapi;           /* JSON: {"paths": {...}, "components": {...}} of OpenAPI 3.1; NULL: made from the routes */
  const partnerd_need *needs;
  size_t n_needs, need_stride;   /* stride: sizeof(partnerd_need) as the plugin knows it */
  const partnerd_migration *migrations;
  size_t n_migrations, migration_stride;

  /* [main] Makes the instance: *self is given to all other functions. Looks up services and registers everything. No SQL. */
  partnerd_status (*create)(const partnerd_host_api *api, partnerd_host *host, void **self, partnerd_error *error) PARTNERD_NX;
  /* [main] After the migrations and every create(). The plugin's own threads start here. May be NULL. */
  partnerd_status (*start)(void *self, partnerd_error *error) PARTNERD_NX;
  /* [main] No call is under way or will follow. The plugin joins its threads. May be NULL. */
  void (*stop)(void *self) PARTNERD_NX;
  /* [main] Frees the instance. */
  void (*destroy)(void *self) PARTNERD_NX;

  /* Each of the following may be NULL. */

  /* [read] Is this configuration of a program good, beyond its schema? An error (reason, field, message) refuses the change. */
  partnerd_status (*validate_program)(void *self, partnerd_tx *tx, partnerd_id program, partnerd_str config,
      partnerd_error *error) PARTNERD_NX;
  /* [write] A program enabled (1) or disabled (0) the plugin, or changed its configuration (1 again). An error undoes the change. */
  partnerd_status (*on_program)(void *self, partnerd_tx *tx, partnerd_id program, int32_t enabled, partnerd_error *error) PARTNERD_NX;
  /* [read] All that the plugin's tables hold about a person, as a JSON object. partner is 0 for somebody who is no partner;
   * identity is the normalised e-mail address or customer id, or empty. */
  partnerd_status (*export_person)(void *self, partnerd_tx *tx, partnerd_id partner, partnerd_str identity, partnerd_buf *json,
                                   partnerd_error *error) PARTNERD_NX;
  /* [write] Erases or makes anonymous what export_person() gives. Idempotent. */
  partnerd_status (*erase_person)(void *self, partnerd_tx *tx, partnerd_id partner, partnerd_str identity,
      partnerd_error *error) PARTNERD_NX;
  /* [any] Between start() and stop(). PARTNERD_OK: healthy; text: a line for people. At most 1 ms, no I/O. */
  partnerd_status (*health)(void *self, partnerd_buf *text, partnerd_error *error) PARTNERD_NX;
  /* [any] Growth on the plugin's side: a table of that id, or NULL. */
  const void *(*get_extension)(void *self, const char *id) PARTNERD_NX;
} partnerd_plugin;

/* [any] The only symbol that a plugin exports. Pure: allocates nothing, starts nothing, answers the same each time. `api` is there so that
 * a plugin may choose a descriptor by what the host has (api->get_service needs a partnerd_host and must not be called here).
 * NULL: the plugin will not run on this host. */
PARTNERD_EXPORT const partnerd_plugin *partnerd_plugin_v1(const partnerd_host_api *api) PARTNERD_NX;

#ifdef __cplusplus
}
#endif
#endif

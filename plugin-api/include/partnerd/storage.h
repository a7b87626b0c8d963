/* partnerd/storage.h - SQL on the plugin's own tables, inside transactions of the host.
 *
 * A statement is one SELECT, WITH, VALUES, INSERT, REPLACE, UPDATE or DELETE, and names only tables that begin with the plugin's id and '_'
 * (PARTNERD_E_INVALID otherwise); what a plugin may know of the core it asks partnerd.core. On a SQL error the unit is doomed (R8); use
 * INSERT ... ON CONFLICT DO NOTHING where a duplicate is expected. */
#ifndef PARTNERD_STORAGE_H
#define PARTNERD_STORAGE_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_STORAGE "partnerd.storage/1"

/* A statement of a unit. Valid until the handler that has the tx returns. */
typedef struct partnerd_stmt partnerd_stmt;

enum { PARTNERD_SQLITE = 1, PARTNERD_POSTGRESQL = 2 };
enum { PARTNERD_READ = 0, PARTNERD_WRITE = 1 };

typedef struct partnerd_storage_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any] PARTNERD_SQLITE or PARTNERD_POSTGRESQL. */
  int32_t (*dialect)(partnerd_host *host) PARTNERD_NX;
  /* [worker] Runs fn in a snapshot (PARTNERD_READ) or in a unit of work (PARTNERD_WRITE) and returns once it is durable or rolled back. fn
   * may be called again (R8), and runs on another thread while the caller waits. Returns what fn returned when that was an error;
   * PARTNERD_E_RETRY when the storage could not do it (nothing was kept), PARTNERD_E_THREAD from an I/O thread or inside a transaction.
   * Also from start() and from the plugin's own threads. fn may use the request and answer of the route that called. */
  partnerd_status (*transact)(partnerd_host *host, int32_t mode, partnerd_tx_fn fn, void *user, partnerd_error *error) PARTNERD_NX;
  /* [write] Serializes the units that share a key (a hot coupon), across all nodes and for this plugin alone, from here to the end of the
   * unit. Best before the first statement: later, PostgreSQL may have to run the unit again. SQLite has one writer: nothing to do. */
  partnerd_status (*lock)(partnerd_tx *tx, partnerd_str key, partnerd_error *error) PARTNERD_NX;
  /* [read] [write] One SQL statement with :name parameters, prepared once per connection for its text and types, so the text is a constant.
   * types: the n result columns as I64, F64, TEXT, BLOB, TIME_US or BOOL; n is 0 when it returns no rows. The driver never guesses.
   * PARTNERD_E_INVALID: not one statement, a table that is not the plugin's, a forbidden statement, a bad type. PARTNERD_E_STATE: a writing
   * statement in a snapshot. */
  partnerd_status (*prepare)(partnerd_tx *tx, partnerd_str sql, const int32_t *types, uint32_t n, partnerd_stmt **stmt,
      partnerd_error *error) PARTNERD_NX;
  /* [read] [write] Sets :name; the value is copied. Every parameter is bound before the first step(). PARTNERD_E_INVALID: no such
   * parameter, MONEY. */
  partnerd_status (*bind)(partnerd_stmt *stmt, partnerd_str name, const partnerd_value *value, partnerd_error *error) PARTNERD_NX;
  /* [read] [write] The first call executes. PARTNERD_ROW: there is a row; PARTNERD_DONE: none, or no more. */
  partnerd_status (*step)(partnerd_stmt *stmt, partnerd_error *error) PARTNERD_NX;
  /* [read] [write] Column i (from 0) of the row, of the declared type or NULL. Its bytes last until the next step() or reset().
   * PARTNERD_E_STATE: there is no row. PARTNERD_E_INVALID: there is no such column. */
  partnerd_status (*column)(partnerd_stmt *stmt, uint32_t i, partnerd_value *value, partnerd_error *error) PARTNERD_NX;
  /* [read] [write] The rows that the execution changed; 0 before the first step() and for a dead statement. */
  int64_t (*affected)(partnerd_stmt *stmt) PARTNERD_NX;
  /* [read] [write] Ends the execution and clears the parameters: the statement may be bound and run again. */
  partnerd_status (*reset)(partnerd_stmt *stmt, partnerd_error *error) PARTNERD_NX;
  /* [read] [write] Gives the statement back; it is dead. The next prepare() of the same text takes the same prepared one. The host does it
   * for
   * every statement when the handler returns. */
  partnerd_status (*release)(partnerd_stmt *stmt, partnerd_error *error) PARTNERD_NX;
} partnerd_storage_api;
#define PARTNERD_STORAGE_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_storage_api, release)

#ifdef __cplusplus
}
#endif
#endif

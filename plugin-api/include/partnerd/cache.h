/* partnerd/cache.h - what an IO route may know: values that the host loads by SQL and forgets, on every node, when a commit changes them.
 * Absence is never kept: a key that was not there is loaded again for the next request. */
#ifndef PARTNERD_CACHE_H
#define PARTNERD_CACHE_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_CACHE "partnerd.cache/1"

typedef struct partnerd_cache {
  uint32_t struct_size;
  uint32_t reserved;
  const char *name;   /* unique in the plugin; for metrics and logs */
  size_t max_entries; /* at least 1; the oldest entries go first */
  /* [read] Writes the value of a key, at most 64 KiB. PARTNERD_E_NOTFOUND: there is none. May be called again with more room. */
  partnerd_status (*load)(void *user, partnerd_tx *tx, partnerd_str key, partnerd_buf *value, partnerd_error *error) PARTNERD_NX;
  void *user;
} partnerd_cache;

typedef struct partnerd_cache_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(). Defines a cache and writes its number. PARTNERD_E_CONFLICT: the name is in use. */
  partnerd_status (*define)(partnerd_host *host, const partnerd_cache *cache, int32_t *number, partnerd_error *error) PARTNERD_NX;
  /* [io] in an IO route. PARTNERD_OK: *value lasts until the route returns. PARTNERD_E_NOTFOUND: there is no such key now.
   * PARTNERD_LOAD: not known yet; return PARTNERD_LOAD from the route without other effects: it is called again, with the same request. */
  partnerd_status (*get)(partnerd_host *host, int32_t cache, partnerd_str key, partnerd_str *value) PARTNERD_NX;
  /* [write] Forgets the key on every node once the unit has committed; nothing happens when it rolls back. */
  partnerd_status (*invalidate)(partnerd_tx *tx, int32_t cache, partnerd_str key) PARTNERD_NX;
} partnerd_cache_api;
#define PARTNERD_CACHE_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_cache_api, invalidate)

#ifdef __cplusplus
}
#endif
#endif

/* partnerd/log.h - lines in the server's log, with the plugin's id and the id of the request under way. Never a secret or personal data. */
#ifndef PARTNERD_LOG_H
#define PARTNERD_LOG_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_LOG "partnerd.log/1"

enum { PARTNERD_LOG_DEBUG = 10, PARTNERD_LOG_INFO = 20, PARTNERD_LOG_WARNING = 30, PARTNERD_LOG_ERROR = 40 };

typedef struct partnerd_log_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any] The lowest level that is written, for plugins that would work hard to make a line. */
  int32_t (*min_level)(partnerd_host *host) PARTNERD_NX;
  /* [any] One line: a short sentence and n fields (NULL when n is 0). Lines below min_level are dropped. Never fails, never blocks on a
   * disk. */
  void (*write)(partnerd_host *host, int32_t level, partnerd_str message, const partnerd_kv *fields, size_t n) PARTNERD_NX;
} partnerd_log_api;
#define PARTNERD_LOG_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_log_api, write)

#ifdef __cplusplus
}
#endif
#endif

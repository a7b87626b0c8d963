/* partnerd/metrics.h - figures for /metrics, under the name "partnerd_<plugin id>_<name>". */
#ifndef PARTNERD_METRICS_H
#define PARTNERD_METRICS_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_METRICS "partnerd.metrics/1"

enum { PARTNERD_COUNTER = 1, PARTNERD_GAUGE = 2, PARTNERD_HISTOGRAM = 3 };

typedef struct partnerd_metric {
  uint32_t struct_size;
  int32_t kind;               /* PARTNERD_COUNTER ... */
  const char *name;           /* [a-z][a-z0-9_]*; a counter's ends in _total, a histogram of times in _seconds */
  const char *help;           /* a sentence */
  const char *const *labels;  /* NULL-terminated list of at most 4 names, or NULL; their values are few (a status, never an id) */
  const double *bounds;       /* HISTOGRAM: upper bounds, ascending; NULL: 1 ms to 10 s */
  size_t n_bounds;
} partnerd_metric;

typedef struct partnerd_metrics_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(); copied. Writes the number of the metric. PARTNERD_E_INVALID: a bad member. PARTNERD_E_CONFLICT: the name is taken.
   * */
  partnerd_status (*define)(partnerd_host *host, const partnerd_metric *metric, int32_t *number, partnerd_error *error) PARTNERD_NX;
  /* [any] A counter grows (by >= 0, whole), a gauge moves (whole), a histogram observes. label_values: as many as labels, or NULL when
   * there are none. */
  void (*add)(partnerd_host *host, int32_t metric, double by, const partnerd_str *label_values) PARTNERD_NX;
} partnerd_metrics_api;
#define PARTNERD_METRICS_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_metrics_api, add)

#ifdef __cplusplus
}
#endif
#endif

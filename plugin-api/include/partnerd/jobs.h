/* partnerd/jobs.h - work by the clock, run by one node of the cluster at a time. */
#ifndef PARTNERD_JOBS_H
#define PARTNERD_JOBS_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_JOBS "partnerd.jobs/1"

/* What a running job may ask. Lasts for the run. */
typedef struct partnerd_run {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t due_us;       /* when it was due */
  void *context;        /* for should_stop */
  /* [any] 1: the server stops or the time is up; return soon. */
  int32_t (*should_stop)(void *context) PARTNERD_NX;
} partnerd_run;

typedef struct partnerd_job {
  uint32_t struct_size;
  int32_t timeout_ms;     /* 0: 60 000; then should_stop answers 1 */
  const char *id;         /* [a-z][a-z0-9_]*, unique in the plugin */
  const char *schedule;   /* "every 30 seconds", "every 5 minutes", "every 1 hour", "every 1 day" */
  /* [worker] At least once per due time; idempotent. An error is logged and counted; it runs again when next due. */
  partnerd_status (*run)(void *user, const partnerd_run *run, partnerd_error *error) PARTNERD_NX;
  void *user;
} partnerd_job;

typedef struct partnerd_jobs_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(); copied. PARTNERD_E_CONFLICT: the id is taken. PARTNERD_E_INVALID: a schedule that is none. */
  partnerd_status (*add_job)(partnerd_host *host, const partnerd_job *job, partnerd_error *error) PARTNERD_NX;
} partnerd_jobs_api;
#define PARTNERD_JOBS_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_jobs_api, add_job)

#ifdef __cplusplus
}
#endif
#endif

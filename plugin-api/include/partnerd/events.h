/* partnerd/events.h - the outbox: what happened, told after the commit, in order for each ordering key. */
#ifndef PARTNERD_EVENTS_H
#define PARTNERD_EVENTS_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_EVENTS "partnerd.events/1"

/* Lasts for the call. */
typedef struct partnerd_event {
  uint32_t struct_size;
  uint32_t attempt;     /* 1 the first time */
  partnerd_id id;
  partnerd_id program;
  partnerd_str type;    /* "conversion.recorded", or "<plugin id>.<what>" */
  partnerd_str ordering_key;
  partnerd_str json;
  int64_t at_us;
} partnerd_event;

typedef partnerd_status (*partnerd_on_event)(void *user, const partnerd_event *event, partnerd_tx *tx, partnerd_error *error) PARTNERD_NX;
typedef partnerd_status (*partnerd_deliver_event)(void *user, const partnerd_event *event, partnerd_error *error) PARTNERD_NX;

typedef struct partnerd_events_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [write] Tells of something in this unit: nobody hears of it when the unit rolls back. type begins with the plugin's id and '.'. json:
   * an object. An empty ordering_key: no order. */
  partnerd_status (*publish)(partnerd_tx *tx, partnerd_id program, partnerd_str type, partnerd_str ordering_key, partnerd_str json,
                             partnerd_error *error) PARTNERD_NX;
  /* [main] in create(). types: names, "conversion.*" or "*", separated by spaces. on: [write] for the database only, exactly once: the
   * event's mark and what it writes commit together. An error is tried again with growing delay. */
  partnerd_status (*subscribe)(partnerd_host *host, const char *types, partnerd_on_event on, void *user, partnerd_error *error) PARTNERD_NX;
  /* [main] in create(). on: [worker] for the outside world, at least once. PARTNERD_E_RETRY with retry_after_ms reschedules; other errors
   * are tried again with growing delay, then given up and kept. */
  partnerd_status (*deliver)(partnerd_host *host, const char *types, partnerd_deliver_event on, void *user,
      partnerd_error *error) PARTNERD_NX;
} partnerd_events_api;
#define PARTNERD_EVENTS_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_events_api, deliver)

#ifdef __cplusplus
}
#endif
#endif

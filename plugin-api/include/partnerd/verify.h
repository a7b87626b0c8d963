/* partnerd/verify.h - an extension of the plugin: its own invariants, for `partnerd verify`. get_extension(PARTNERD_EXT_VERIFY) gives the
 * table, or NULL. */
#ifndef PARTNERD_VERIFY_H
#define PARTNERD_VERIFY_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_EXT_VERIFY "partnerd.verify/1"

/* Valid in verify() only. */
typedef struct partnerd_verify_sink partnerd_verify_sink;

typedef struct partnerd_verify_api {
  uint32_t struct_size;
  uint32_t reserved;
  const char *title; /* what holds when nothing is wrong: "redemptions agree with their counters" */
  /* [read] Checks the plugin's rows of one program in steps, so that no snapshot is long. `after` is 0 at first, then what *next was;
   * *next = 0: done. Adds to *checked what it looked at, and calls wrong() with a sentence for each thing that does not hold. Changes
   * nothing. */
  partnerd_status (*verify)(void *self, partnerd_tx *tx, partnerd_id program, partnerd_id after, partnerd_id *next, int64_t *checked,
                            partnerd_verify_sink *sink, void (*wrong)(partnerd_verify_sink *sink, partnerd_str sentence) PARTNERD_NX,
                            partnerd_error *error) PARTNERD_NX;
} partnerd_verify_api;

#ifdef __cplusplus
}
#endif
#endif

/* partnerd/core.h - ids, the clock, look-ups in the core, and the few things that a plugin may make there. */
#ifndef PARTNERD_CORE_H
#define PARTNERD_CORE_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_CORE "partnerd.core/1"

typedef struct partnerd_core_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any] A new id, never given before on any node; ids of one node grow with time. 0: this node may mint none now; answer 503. */
  partnerd_id (*mint)(partnerd_host *host) PARTNERD_NX;
  /* [any] An id as the outside sees it: prefix, '_' and 13 characters. "red" -> "red_0d7t2k9x4m1qe". prefix: 1 to 8 of a-z, else
   * PARTNERD_E_INVALID. */
  partnerd_status (*format_id)(partnerd_id id, const char *prefix, partnerd_buf *text) PARTNERD_NX;
  /* [any] The reverse. PARTNERD_E_NOTFOUND: another prefix, or no id at all. */
  partnerd_status (*parse_id)(partnerd_str text, const char *prefix, partnerd_id *id) PARTNERD_NX;
  /* [any] Microseconds since 1970-01-01T00:00:00Z by the host's clock: the only clock a plugin asks, so that tests and replays can set it.
   * */
  int64_t (*now_us)(partnerd_host *host) PARTNERD_NX;
  /* [read] [write] The id of a noun by its name for people:
   *   "program" (handle or prg_ id; program is 0), "partner" (handle or ptn_ id), "enrollment" (of the partner with that handle or ptn_
   * id),   "link" (code or lnk_ id), "customer" (the merchant's id of it), "conversion" (external id, of any kind, or cnv_ id;
   * "kind/external_id"). PARTNERD_E_NOTFOUND: there is none in that program. PARTNERD_E_INVALID: no such noun. */
  partnerd_status (*find)(partnerd_tx *tx, const char *noun, partnerd_id program, partnerd_str handle, partnerd_id *id,
      partnerd_error *error) PARTNERD_NX;
  /* [read] [write] A field of a noun, as `type`. Text lasts until the handler returns. NULL fields give PARTNERD_T_NULL. Fields, all the
   * rest may follow:   program: handle, name, status, currency, zone, hold_days; partner: handle, name, type, status;
   *   enrollment: program, partner, status, group, terms_version; link: program, enrollment, code, channel, destination, status;
   *   customer: program, external_id, first_order_at; conversion: program, kind, external_id, order_id, status, amount, at, enrollment.
   * PARTNERD_E_NOTFOUND: no such id. PARTNERD_E_INVALID: no such noun or field, or it is not of that type. */
  partnerd_status (*field)(partnerd_tx *tx, const char *noun, partnerd_id id, const char *field, int32_t type, partnerd_value *value,
      partnerd_error *error) PARTNERD_NX;
  /* [write] A link of an enrollment. json: {"destination", "code", "channel", "sub1".."sub5"}, all but destination optional. The same
   * checks as the partner's own API: reasons `code_taken`, `host_not_allowed`, `invalid_destination`, `invalid_state`. */
  partnerd_status (*make_link)(partnerd_tx *tx, partnerd_id enrollment, partnerd_str json, partnerd_id *link,
      partnerd_error *error) PARTNERD_NX;
  /* [read] [write] The civil day of an instant in the program's time zone, as days since 1970-01-01. PARTNERD_E_NOTFOUND: no such
   * program. */
  partnerd_status (*day_of)(partnerd_tx *tx, partnerd_id program, int64_t at_us, int64_t *day, partnerd_error *error) PARTNERD_NX;
  /* [any] An instant as RFC 3339 text ("2026-01-31T08:26:00Z") to microseconds. PARTNERD_E_INVALID: it is none. */
  partnerd_status (*parse_instant)(partnerd_str text, int64_t *at_us) PARTNERD_NX;
} partnerd_core_api;
#define PARTNERD_CORE_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_core_api, parse_instant)

#ifdef __cplusplus
}
#endif
#endif

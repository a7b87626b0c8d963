/* partnerd/tracking.h - a program type reports what happened: clicks, conversions, adjustments; and says whose a conversion may be. */
#ifndef PARTNERD_TRACKING_H
#define PARTNERD_TRACKING_H

#include <partnerd/base.h>
#include <partnerd/http.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_TRACKING "partnerd.tracking/1"

/* A line of an order. In a refund: what is taken back of that sku. */
typedef struct partnerd_item {
  uint32_t struct_size;
  uint32_t reserved;
  partnerd_str sku, category;
  int64_t quantity;
  int64_t amount_minor; /* of the whole line, in the order's currency */
} partnerd_item;

typedef struct partnerd_click {
  uint32_t struct_size;
  int32_t test;
  partnerd_id program; /* required */
  partnerd_id link;    /* required */
  partnerd_str subs_json;  /* {"sub1": "...", ...}, or empty */
  partnerd_str referrer, user_agent, client_ip;
  partnerd_str visitor;    /* a first-party visitor id, for unique clicks, or empty */
  int64_t at_us;           /* 0: now */
  int64_t at_risk_us;      /* 0: the deferred waits until the click is durable. Else it is completed at once as long as no click has
                            * waited longer than this for the disk: a crash may lose those */
} partnerd_click;

/* How the merchant arrived at the base = subtotal - discount. In the order's currency. */
typedef struct partnerd_breakdown {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t subtotal_minor, discount_minor, tax_minor, shipping_minor;
} partnerd_breakdown;

enum { PARTNERD_UNKNOWN = 0, PARTNERD_YES = 1, PARTNERD_NO = 2 };

/* Something that may earn. Its natural key is (program, kind, external_id), for ever. Required: program, kind, external_id.
 * One of amount (with has_amount), breakdown, or items with amounts gives the commissionable base; none: 0 (a lead). */
typedef struct partnerd_conversion {
  uint32_t struct_size;
  int32_t test;             /* 1: full trace, no posting */
  partnerd_id program;
  partnerd_str kind;        /* "sale" "lead" "signup" "install" "redemption" ... */
  partnerd_str external_id; /* the merchant's id of it */
  partnerd_str order_id;    /* one order is one sale in a program, whoever reports it; empty: none */
  partnerd_str customer;    /* the merchant's id of the customer, or empty */
  partnerd_str customer_email;   /* compared with the partner's, never stored; or empty */
  partnerd_str click_id, code, assigned_partner; /* evidence, each or empty; assigned_partner: a handle or ptn_ id */
  partnerd_id link;         /* evidence: the link itself, or 0 */
  partnerd_money amount;    /* the base; its unit and exponent count without has_amount too; an empty unit: the program's currency */
  int32_t has_amount;       /* 1: amount.minor is the base */
  int32_t customer_is_new;  /* the merchant's word: PARTNERD_UNKNOWN, YES or NO */
  const partnerd_breakdown *breakdown; /* or NULL */
  const partnerd_item *items;
  size_t n_items, item_stride;
  int64_t at_us;            /* 0: now */
} partnerd_conversion;

enum { PARTNERD_REFUND = 1, PARTNERD_CHARGEBACK = 2, PARTNERD_AMEND = 3, PARTNERD_SET_STATUS = 4 };

/* A change of a conversion. adjustment_id is unique per conversion: the same again is a duplicate, with other content
 * `adjustment_differs`. */
typedef struct partnerd_adjustment {
  uint32_t struct_size;
  int32_t type;               /* PARTNERD_REFUND ... */
  partnerd_str adjustment_id; /* required */
  partnerd_str reason;        /* a sentence or code, kept */
  partnerd_str new_status;    /* SET_STATUS: "declined" */
  partnerd_money amount;      /* REFUND, CHARGEBACK: what goes; AMEND: the new amount. An empty unit: the order's currency */
  int64_t base_minor;         /* of it, the part of the base, with has_base */
  int32_t has_amount;         /* 0: all that is left */
  int32_t has_base;           /* 0: proportional */
  const partnerd_item *items; /* REFUND: what goes; AMEND: the new items */
  size_t n_items, item_stride;
  int64_t at_us;              /* 0: now */
} partnerd_adjustment;

enum {
  PARTNERD_RECORDED = 1,     /* new, and somebody earned */
  PARTNERD_DUPLICATE = 2,    /* the same was recorded before: the first outcome again */
  PARTNERD_UNATTRIBUTED = 3, /* new, kept, nobody earned: reason_code */
  PARTNERD_REFUSED = 4,      /* not recorded: reason_code; the refusal is kept */
  PARTNERD_HELD = 5,         /* new, kept for review: reason_code */
  PARTNERD_DECLINED = 6      /* new, kept, declined by a rule or as the partner's own purchase: reason_code */
};

/* What became of a conversion or an adjustment. The caller sets struct_size. */
typedef struct partnerd_outcome {
  uint32_t struct_size;
  int32_t state;            /* PARTNERD_RECORDED ... */
  int32_t first_state;      /* of a duplicate: what the first report became */
  uint32_t n_lines;         /* commission lines that it has now */
  partnerd_id conversion;   /* 0 when refused */
  partnerd_id partner;      /* who is credited, or 0 */
  partnerd_str reason_code; /* until the handler returns */
} partnerd_outcome;

/* One commission line of a conversion. Texts last until the handler returns. The caller sets struct_size. */
typedef struct partnerd_line {
  uint32_t struct_size;
  int32_t reserved;
  partnerd_id commission, enrollment, partner;
  partnerd_str key;         /* stable across refunds: "<lane>/<rule's name>/<the rule's key>" */
  partnerd_str kind;        /* "commission", or the rule's own */
  partnerd_str state;       /* "pending" "approved" "held" ... */
  partnerd_money amount;    /* what is due now: after reversals */
  int64_t payable_at_us;    /* 0: not known */
} partnerd_line;

/* Where find() puts whom it found. Valid in find() only. */
typedef struct partnerd_candidates partnerd_candidates;

typedef struct partnerd_candidate {
  uint32_t struct_size;
  uint32_t reserved;
  partnerd_id enrollment;   /* required, of the conversion's program */
  partnerd_id link;         /* or 0 */
  int64_t at_us;            /* when the evidence arose: later evidence wins a tie */
  partnerd_str evidence;    /* a few words for the operator, kept in the trace: "code SPRING10"; no personal data */
} partnerd_candidate;

typedef struct partnerd_attributor {
  uint32_t struct_size;
  uint32_t reserved;
  const char *id;           /* how a program's precedence names it; [a-z][a-z0-9_]*, unique in the server */
  /* [write] Names each enrollment that has a claim; none is fine. Windows, status and precedence are the host's. Runs in the unit of the
   * conversion: an error rolls all of it back. */
  partnerd_status (*find)(void *user, partnerd_tx *tx, const partnerd_conversion *conversion, partnerd_candidates *candidates,
                          partnerd_error *error) PARTNERD_NX;
  void *user;
} partnerd_attributor;

typedef struct partnerd_tracking_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(); copied. PARTNERD_E_CONFLICT: the id is taken. */
  partnerd_status (*add_attributor)(partnerd_host *host, const partnerd_attributor *attributor, partnerd_error *error) PARTNERD_NX;
  /* [write] in find(): a claim; copied. PARTNERD_E_STATE outside it. */
  partnerd_status (*candidate)(partnerd_candidates *candidates, const partnerd_candidate *candidate) PARTNERD_NX;
  /* [io] Records a click and writes its signed id. Takes the deferred, also when it returns an error, and completes it once the click is
   * durable, or earlier (at_risk_us); fill the redirect before the route returns. NULL deferred: nobody waits for durability. PARTNERD_E_RETRY: the queue is full;
   * the deferred is answered with 503. */
  partnerd_status (*click)(partnerd_host *host, const partnerd_click *click, partnerd_deferred *deferred, partnerd_buf *click_id,
                           partnerd_error *error) PARTNERD_NX;
  /* [write] Takes a conversion the whole way, in this unit: attribution, rules, postings, events. PARTNERD_OK: see outcome->state.
   * PARTNERD_E_INVALID, E_NOTFOUND or E_CONFLICT with a reason (`unknown_currency`, `at_in_future`, `conversion_differs`, ...): nothing
   * was recorded and the unit goes on. */
  partnerd_status (*convert)(partnerd_tx *tx, const partnerd_conversion *conversion, partnerd_outcome *outcome,
      partnerd_error *error) PARTNERD_NX;
  /* [write] The same for a change of a conversion. Reasons `unknown_conversion`, `refund_exceeds_order`, `adjustment_differs`, ... An
   * empty kind is "sale". */
  partnerd_status (*adjust)(partnerd_tx *tx, partnerd_id program, partnerd_str kind, partnerd_str external_id,
                            const partnerd_adjustment *adjustment, partnerd_outcome *outcome, partnerd_error *error) PARTNERD_NX;
  /* [write] Line i (from 0) of what convert() or adjust() gave in this unit. PARTNERD_E_NOTFOUND: there is none. */
  partnerd_status (*outcome_line)(partnerd_tx *tx, const partnerd_outcome *outcome, uint32_t i, partnerd_line *line,
      partnerd_error *error) PARTNERD_NX;
} partnerd_tracking_api;
#define PARTNERD_TRACKING_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_tracking_api, outcome_line)

#ifdef __cplusplus
}
#endif
#endif

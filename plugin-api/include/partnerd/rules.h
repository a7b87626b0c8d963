/* partnerd/rules.h - what is paid: pure functions with declared facts.
 *
 * A rule sees only the facts that it declares; exactly those are kept with the commission, so that every decision can be explained,
 * replayed and verified. It calls no service, asks no clock, keeps nothing: two calls with the same facts give the same decision, on any
 * thread, in any year. No doubles: rates are integers in parts per million. The host posts what a rule decides. */
#ifndef PARTNERD_RULES_H
#define PARTNERD_RULES_H

#include <partnerd/base.h>
#include <partnerd/tracking.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_RULES "partnerd.rules/1"

/* Valid in evaluate() only. */
typedef struct partnerd_facts partnerd_facts;
typedef struct partnerd_decision partnerd_decision;
/* Valid in provide() only. */
typedef struct partnerd_fact_out partnerd_fact_out;

typedef struct partnerd_fact {
  uint32_t struct_size;
  int32_t type;            /* PARTNERD_T_I64, TEXT, TIME_US, BOOL or MONEY */
  int32_t list;            /* 1: any number of values, one per item of the order ("item.category"); 0: one */
  int32_t optional;        /* 1: may be absent; 0: without it the conversion is held */
  const char *name;        /* "order.base" "order.at" "item.category" "item.base" "partner.group" "customer.is_new" ...: docs */
  const char *description; /* for people, or NULL */
} partnerd_fact;

/* [any] The facts of one evaluation. */
typedef struct partnerd_facts_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* How many values fact number `fact` (its place in partnerd_rule.facts) has: 0 when absent. */
  size_t (*rows)(const partnerd_facts *facts, uint32_t fact) PARTNERD_NX;
  /* Value `row` of it, of the declared type. Text lasts until evaluate() returns. PARTNERD_E_NOTFOUND: there is none. */
  partnerd_status (*get)(const partnerd_facts *facts, uint32_t fact, size_t row, partnerd_value *value) PARTNERD_NX;
} partnerd_facts_api;

enum { PARTNERD_PASS = 0, PARTNERD_PAY = 1, PARTNERD_REVIEW = 2, PARTNERD_DECLINE = 3 };

/* [any] The decision of one evaluation. Inputs are copied. */
typedef struct partnerd_decision_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* PASS (does not apply; how it begins), PAY, REVIEW (hold), DECLINE (nothing is paid by any rule of the lane); and why, as a stable
   * code. */
  void (*outcome)(partnerd_decision *decision, int32_t outcome, partnerd_str reason_code) PARTNERD_NX;
  /* An amount that is due. key: stable across refunds of the order, unique in the decision. payee: an enrollment; 0: the credited one.
   * kind: empty for "commission". The unit is the payout currency's. PARTNERD_E_CONFLICT: the key again.
   * PARTNERD_E_INVALID: another unit, a negative amount. */
  partnerd_status (*line)(partnerd_decision *decision, partnerd_str key, partnerd_id payee, partnerd_str kind,
      const partnerd_money *amount) PARTNERD_NX;
  /* A step of the explanation: a stable code, a sentence, and the figures it rests on (values as text). */
  void (*because)(partnerd_decision *decision, partnerd_str code, partnerd_str text, const partnerd_kv *figures, size_t n) PARTNERD_NX;
} partnerd_decision_api;

typedef struct partnerd_rule {
  uint32_t struct_size;
  uint32_t version;          /* terms pin id@version: register every version that is still supported */
  const char *id;            /* [a-z][a-z0-9_]*; its full name is "<plugin id>.<id>" */
  const char *on_kind;       /* the kind of conversion it judges, or NULL for every kind */
  const char *params_schema; /* JSON Schema (draft 7) of its parameters; NULL: takes none */
  const partnerd_fact *facts;
  size_t n_facts, fact_stride;
  /* [any] Parameters (checked against the schema) as the rule's own data; amounts in them are of the payout currency: its code and
   * exponent. Pure. An error refuses the terms; its field is a pointer inside the parameters ("/rate"). */
  partnerd_status (*compile)(const void *user, partnerd_str params_json, const char *payout_unit, int32_t payout_exponent,
                             void **compiled, partnerd_error *error) PARTNERD_NX;
  /* [any] Concurrent and pure. An error holds the conversion for review. */
  partnerd_status (*evaluate)(const void *user, const void *compiled, const partnerd_facts *facts, const partnerd_facts_api *facts_api,
                              partnerd_decision *decision, const partnerd_decision_api *decision_api, partnerd_error *error) PARTNERD_NX;
  /* [any] Frees what compile() made; no evaluate() with it is under way. */
  void (*release)(const void *user, void *compiled) PARTNERD_NX;
  const void *user;
} partnerd_rule;

/* [write] The value of a plugin's fact for a conversion and the enrollment that is being judged (0: nobody). In the unit, before the
 * rules; what was given is kept in the snapshot. Giving nothing: absent. */
typedef partnerd_status (*partnerd_provide_fn)(void *user, partnerd_tx *tx, const partnerd_conversion *conversion, partnerd_id enrollment,
                                               partnerd_fact_out *out, partnerd_error *error) PARTNERD_NX;

typedef struct partnerd_rules_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [main] in create(); copied with its facts. PARTNERD_E_CONFLICT: the id and version are taken. PARTNERD_E_INVALID: a bad id, or a fact
   * that nobody provides or that has another type: add_fact() comes first. */
  partnerd_status (*add_rule)(partnerd_host *host, const partnerd_rule *rule, partnerd_error *error) PARTNERD_NX;
  /* [main] in create(); copied. The name begins with the plugin's id and '.': "coupons.campaign". PARTNERD_E_CONFLICT: taken. */
  partnerd_status (*add_fact)(partnerd_host *host, const partnerd_fact *fact, partnerd_provide_fn provide, void *user,
      partnerd_error *error) PARTNERD_NX;
  /* [write] in provide(): a value of the declared type; copied; again for a list. PARTNERD_E_STATE outside it, PARTNERD_E_INVALID: another
   * type. */
  partnerd_status (*give)(partnerd_fact_out *out, const partnerd_value *value) PARTNERD_NX;
} partnerd_rules_api;
#define PARTNERD_RULES_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_rules_api, give)

#ifdef __cplusplus
}
#endif
#endif

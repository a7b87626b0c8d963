/* partnerd/ledger.h - double-entry accounts of a plugin: budgets, escrow, points. Append-only. Core accounts are out of reach: what
 * partners earn is posted by the host, from what rules decide. */
#ifndef PARTNERD_LEDGER_H
#define PARTNERD_LEDGER_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_LEDGER "partnerd.ledger/1"

typedef struct partnerd_leg {
  uint32_t struct_size;
  uint32_t reserved;
  partnerd_id account;
  partnerd_money money; /* positive credits the account */
} partnerd_leg;

typedef struct partnerd_ledger_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [write] The account "<plugin id>_<name>" of a program in a unit, opened if need be. name: 1 to 100 of a-z 0-9 '_' '-' ':'.
   * PARTNERD_E_CONFLICT: it is there in another unit. */
  partnerd_status (*open_account)(partnerd_tx *tx, partnerd_id program, partnerd_str name, const char *unit, int32_t exponent,
      partnerd_id *account,
                                  partnerd_error *error) PARTNERD_NX;
  /* [write] An entry whose legs sum to zero for each unit (`legs_unbalanced`), between accounts of this plugin. key: unique in the program
   * for this plugin; the same again gives the first entry, with other legs `entry_differs`. */
  partnerd_status (*post)(partnerd_tx *tx, partnerd_id program, partnerd_str key, const partnerd_leg *legs, size_t n, size_t stride,
      partnerd_str memo,
                          partnerd_id *entry, partnerd_error *error) PARTNERD_NX;
  /* [write] The entry with all signs turned, as a new entry with a key of its own. PARTNERD_E_NOTFOUND: not an entry of this plugin. */
  partnerd_status (*reverse)(partnerd_tx *tx, partnerd_id program, partnerd_str key, partnerd_id entry, partnerd_str reason,
      partnerd_id *reversal,
                             partnerd_error *error) PARTNERD_NX;
  /* [read] [write] The sum of an account's legs, this unit's too. */
  partnerd_status (*balance)(partnerd_tx *tx, partnerd_id account, partnerd_money *balance, partnerd_error *error) PARTNERD_NX;
} partnerd_ledger_api;
#define PARTNERD_LEDGER_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_ledger_api, balance)

#ifdef __cplusplus
}
#endif
#endif

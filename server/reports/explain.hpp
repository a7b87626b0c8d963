// Why a conversion earned what it earned, as JSON: from the stored trace, the commissions and the ledger.
#pragma once

#include <optional>
#include <string>

#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::reports {

// [read] Everything: conversion, attribution with every candidate, terms version, facts, rules, commissions with payable_on, each
// adjustment with what it took from which commission, ledger entries with their legs. Nothing: no such conversion in this program.
//   {"conversion":{..},"attribution":{..},"terms":{"id","version"},"facts":{..},"rules":{..},
//    "commissions":[..],"adjustments":[{..,"changes":[..]}],"entries":[{..,"legs":[..]}]}
std::optional<std::string> explain_for_operator(storage::Tx& tx, Id program, Id conversion);

// [read] For a partner that is credited or has a commission in it; nothing otherwise (to others it is not there). Without the
// customer, the merchant's ids, evidence, other partners, their candidates and commissions, and values of facts on the customer.
//   {"conversion":{..},"attribution":{..},"terms":{"version"},"rules":{..},"commissions":[..],"adjustments":[..]}
std::optional<std::string> explain_for_partner(storage::Tx& tx, Id program, Id conversion, Id partner);

}  // namespace partnerd::reports

// An error of PostgreSQL as a Failure, by its SQLSTATE (PostgreSQL 15, appendix A). Categories: constraint 23; conflict 40;
// connection 08, 57P01..57P05, 53300; full 53100; timeout 57014, 55P03; syntax 42, 26, 34; other.
#pragma once

#include "storage/postgresql.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

// `connected` is false when the session was lost, whatever the error says. `sql` is named in the text; values never are.
Failure postgresql_failure(soci::soci_error const& error, bool connected, std::string_view sql);

bool is_worth_a_rerun(Failure const& failure);  // 40001, 40P01, a lost session

}  // namespace partnerd::storage

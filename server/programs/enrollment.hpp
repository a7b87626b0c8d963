// A partner in a program.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "programs/partner.hpp"
#include "programs/program.hpp"

namespace partnerd::programs {

struct Enrollment {
    Id id = 0;
    Id program = 0;
    Id partner = 0;
    std::string status = "active";  // active suspended closed
    std::string group = "default";
    std::int64_t accepted_terms = 0;  // the version; 0: none
    std::string reason;
    std::int64_t joined_at_us = 0;
};

// Finds the enrollment of the partner or makes it, active, with the newest terms accepted when `accept` says so.
Enrollment enroll(storage::Tx& tx, Kernel const& kernel, Id program, Id partner, std::string_view group, bool accept);
std::optional<Enrollment> find_enrollment(storage::Tx& tx, Id program, Id enrollment);
// Of those that are there, in no order; programs[i] is enrollments[i]'s. PostgreSQL only.
std::vector<Enrollment> find_enrollments(storage::Tx& tx, std::span<Id const> programs, std::span<Id const> enrollments);
std::optional<Enrollment> find_enrollment_of(storage::Tx& tx, Id program, Id partner);
// active <-> suspended -> closed. invalid_state otherwise.
Status set_enrollment_status(storage::Tx& tx, Kernel const& kernel, Id program, Id enrollment, std::string_view status, std::string_view reason);
// Its group decides by which rules it earns from now on.
void set_enrollment_group(storage::Tx& tx, Kernel const& kernel, Enrollment const& enrollment, std::string_view group);
// Accepts a version of the program's terms: not_found, invalid_state for an older one than was accepted.
Status accept_terms(storage::Tx& tx, Id program, Id enrollment, std::int64_t version);

}  // namespace partnerd::programs

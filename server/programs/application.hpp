// Applications: somebody asks to become a partner. The answer is the same whether the address is known or not, though what
// becomes of it is not (ADR 0013).
#pragma once

#include "programs/enrollment.hpp"
#include "programs/terms.hpp"

namespace partnerd::programs {

struct Application {
    Id id = 0;
    Id program = 0;
    std::string status = "pending";  // pending approved rejected
    std::string name, email;         // personal
    std::string partner_type = "affiliate", website;
    std::string answers = "{}";      // JSON
    std::int64_t terms_version = 0;
    Id partner = 0;                  // once approved
    std::string reason;
    std::int64_t created_at_us = 0, decided_at_us = 0;
    bool key_given = false;
};

struct Applied {
    Id id = 0;
    std::string token;  // shown once; reads the status, and the key once approved
};

// terms_not_accepted unless `terms_version` is in force or the newest, program_not_open, invalid_field.
// A known address gets an application too, which leads nowhere new: it is decided like any other, and approving it finds the partner.
// An address has at most `pending_of_an_address_max` pending applications in a program: one more takes the place of the newest.
inline constexpr int pending_of_an_address_max = 5;
Result<Applied> apply_to_program(storage::Tx& tx, Kernel const& kernel, ProgramView const& view, Application application);
std::optional<Application> find_application(storage::Tx& tx, Id application);
// not_found unless the token fits: a stranger learns nothing.
Result<Application> find_application_by_token(storage::Tx& tx, Id application, std::string_view token);
// invalid_state unless pending. Approving creates the partner (or finds the one with this address) and enrolls it.
Result<Enrollment> approve_application(storage::Tx& tx, Kernel const& kernel, Id application, std::string_view by, std::string_view handle, std::string_view group);
Status reject_application(storage::Tx& tx, Kernel const& kernel, Id application, std::string_view by, std::string_view reason);
// True the first time: the applicant may be given a key now. A partner that was there before gets none this way.
bool take_key(storage::Tx& tx, Application const& application);

}  // namespace partnerd::programs

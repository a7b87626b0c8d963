// Links of partners. The code is the last part of /r/{code}: unique on the server, kept in lower case, found in any case.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "programs/enrollment.hpp"

namespace partnerd::programs {

struct Link {
    Id id = 0;
    Id program = 0;
    Id enrollment = 0;
    Id partner = 0;
    std::string code;         // empty at creation: made up
    std::string destination;  // empty at creation: the program's
    std::string channel;
    std::array<std::string, 5> subs;
    bool stopped = false;
    std::int64_t created_at_us = 0;
};

// code_taken, host_not_allowed, invalid_destination, invalid_field. Sets id, code, destination, created_at_us.
Status create_link(storage::Tx& tx, Kernel const& kernel, Program const& program, Enrollment const& enrollment, Link& link);
std::optional<Link> find_link(storage::Tx& tx, Id link);
std::vector<Link> find_links(storage::Tx& tx, std::span<Id const> links);  // PostgreSQL only; in no order, without those that are not there
std::optional<Link> find_link_by_code(storage::Tx& tx, std::string_view code);
void set_link_stop(storage::Tx& tx, Kernel const& kernel, Link const& link, bool stopped);

}  // namespace partnerd::programs

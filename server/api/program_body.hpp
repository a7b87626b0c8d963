// A program as a request describes it, and what that changes of one.
#pragma once

#include "api/difference.hpp"
#include "programs/program.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

// What may be said of a program; what is absent stays as it is.
struct ProgramWish {
    std::optional<std::string> name, zone, exclusive_group, destination;
    std::optional<Currency> currency;
    std::optional<std::vector<std::string>> order_currencies, hosts;
    std::optional<bool> auto_approve;
};
ProgramWish read_program(routing::BodyReader& in);
// Puts the wish into the program. A currency other than the program's: invalid_field, since commissions are posted in it.
Result<Difference> apply_wish(programs::Program& program, ProgramWish const& wish);

}  // namespace partnerd::api

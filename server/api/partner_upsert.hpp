// A partner of a program as it should be: made, enrolled or changed as needed. For the route, for apply and for imports.
#pragma once

#include "api/difference.hpp"
#include "programs/enrollment.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

// What is absent stays as it is.
struct PartnerWish {
    std::string handle;
    std::optional<std::string> name, email, type, website, group;
    std::optional<std::string> facts;              // a JSON object of texts; replaces all
    std::optional<std::vector<std::string>> tags;  // replaces all
    bool keep = false;                             // a partner that is known stays as it is
};
// All but handle and group.
void read_partner_details(routing::BodyReader& in, PartnerWish& wish);
PartnerWish read_partner(routing::BodyReader& in);  // {handle, name?, email?, partner_type?, website?, facts?, tags?, group?}
PartnerWish read_enrolling(routing::BodyReader& in);  // and keep?

// [write] Puts the wish into the partner, which exists. Refusals have pointers: "/email".
Result<Difference> change_partner(storage::Tx& tx, programs::Kernel const& kernel, programs::Partner& partner, PartnerWish const& wish);

struct UpsertedPartner {
    Id partner = 0, enrollment = 0;
    bool created = false, enrolled = false;  // now
    Difference difference;
};
// [write]
Result<UpsertedPartner> upsert_partner(storage::Tx& tx, programs::Kernel const& kernel, Id program, PartnerWish const& wish);

}  // namespace partnerd::api

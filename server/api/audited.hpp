// A change that the audit log keeps: who, what, before and after.
#pragma once

#include <string>
#include <string_view>

#include "api/api.hpp"
#include "routing/listing.hpp"

namespace partnerd::api {

// [write] One line of the log. before and after: JSON objects or empty, without secrets and personal data.
void write_audit(Api const& api, storage::Tx& tx, routing::Request const& request, std::string_view action, std::string_view noun, Id id,
                 std::string_view before, std::string_view after);
// The e-mail, key or job that decided something, as it is stored beside it: "operator key_...".
std::string actor_name(routing::Request const& request);

// Reads the row when it is made, and again when the change is done.
class Audited {
  public:
    Audited(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Listing listing, Id id);
    // Writes the line, unless nothing changed.
    void done(std::string_view action);

  private:
    Api const& api_;
    storage::Tx& tx_;
    routing::Request const& request_;
    routing::Listing const listing_;
    Id const id_;
    std::string const before_;
};

// The line of a row that was just made.
void audit_created(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Listing const& listing, Id id);

}  // namespace partnerd::api

#include "api/audited.hpp"

#include "auth/audit.hpp"

namespace partnerd::api {

namespace {

auth::Actor actor_of(routing::Request const& request) {
    auto const& who = request.principal;
    if (who.kind == routing::PrincipalKind::none) return {"public", 0};
    return {auth::kind_name(static_cast<auth::KeyKind>(who.kind)), who.key};
}

}  // namespace

void write_audit(Api const& api, storage::Tx& tx, routing::Request const& request, std::string_view action, std::string_view noun, Id id,
                 std::string_view before, std::string_view after) {
    auth::record_audit(tx, api.kernel.mint, api.kernel.clock.now_us(), actor_of(request), action, noun, id, before, after,
                       request.request_id);
}

std::string actor_name(routing::Request const& request) {
    auto const actor = actor_of(request);
    return actor.id == 0 ? std::string(actor.kind) : std::string(actor.kind) + " " + format_id("key", actor.id);
}

Audited::Audited(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Listing listing, Id id)
    : api_(api),
      tx_(tx),
      request_(request),
      listing_(std::move(listing)),
      id_(id),
      before_(routing::row_json(tx, listing_, id).value_or("")) {}

void Audited::done(std::string_view action) {
    auto const after = routing::row_json(tx_, listing_, id_).value_or("");
    if (after != before_) write_audit(api_, tx_, request_, action, listing_.noun, id_, before_, after);
}

void audit_created(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Listing const& listing, Id id) {
    write_audit(api, tx, request, "create", listing.noun, id, "", routing::row_json(tx, listing, id).value_or(""));
}

}  // namespace partnerd::api

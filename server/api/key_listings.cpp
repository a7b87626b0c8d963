// Keys, and what was done with them.
#include "api/listings.hpp"

namespace partnerd::api {

using routing::Listing;
namespace column = routing::column;
namespace filter = routing::filter;

namespace {
constexpr char object_schema[] = R"({"type":"object"})";
}  // namespace

Listing key_listing() {
    return {.noun = "key",
            .from = "api_key k",
            .id_sql = "k.id",
            .prefix = "key",
            .columns = {column::text("kind", "case k.kind when 1 then 'operator' when 2 then 'merchant' else 'partner' end"),
                        column::id("program", "case when k.kind = 2 then k.principal else 0 end", "prg"),
                        column::id("partner", "case when k.kind = 3 then k.principal else 0 end", "ptn"), column::text("label", "k.label"),
                        column::text("scopes", "k.scopes"), column::boolean("test", "k.test"),
                        column::time("created_at", "k.created_at_us"), column::time("expires_at", "k.expires_at_us"),
                        column::time("revoked_at", "k.revoked_at_us"), column::time("last_used_at", "k.last_used_at_us")},
            .filters = {filter::one_word_of(
                            column::text("kind", "case k.kind when 1 then 'operator' when 2 then 'merchant' else 'partner' end"),
                            {"operator", "merchant", "partner"}),
                        filter::same(column::boolean("test", "k.test")),
                        filter::same(column::id("program", "case when k.kind = 2 then k.principal else 0 end", "prg")),
                        filter::same(column::id("partner", "case when k.kind = 3 then k.principal else 0 end", "ptn"))},
            .where = {}};
}

Listing audit_listing() {
    return {.noun = "audit",
            .from = "audit u",
            .id_sql = "u.id",
            .prefix = "aud",
            .columns = {column::time("at", "u.at_us"), column::text("actor_kind", "u.actor_kind"), column::id("actor", "u.actor", "key"),
                        column::text("action", "u.action"), column::text("noun", "u.noun"),
                        column::nullable(column::json("before", "u.before_json", object_schema)),
                        column::nullable(column::json("after", "u.after_json", object_schema)), column::text("request_id", "u.request_id")},
            .filters = {filter::same(column::text("noun", "u.noun")), filter::same(column::text("action", "u.action")),
                        filter::same(column::text("actor_kind", "u.actor_kind")), filter::same(column::id("actor", "u.actor", "key")),
                        filter::same(column::text("request_id", "u.request_id")), filter::from("from", "u.at_us"),
                        filter::until("to", "u.at_us")},
            .where = {},
            .schema = "AuditEntry"};
}

Listing my_key_listing() {
    auto listing = key_listing();
    listing.schema = "MyKey";
    std::erase_if(listing.columns, [](auto const& c) { return c.name == "program" || c.name == "partner" || c.name == "kind"; });
    listing.filters.clear();
    listing.where = "k.kind = 3";
    return listing;
}

}  // namespace partnerd::api

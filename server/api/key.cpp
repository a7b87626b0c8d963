// API keys: of anybody for operators, of themselves for partners (me.cpp).
#include "api/audited.hpp"
#include "api/key_body.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "programs/partner.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;

namespace {

struct KeyWish {
    auth::NewKey key;
    std::optional<std::string> program, partner;
};

KeyWish read_wish(routing::BodyReader& in) {
    auto const kind = in.choice("kind", {"operator", "merchant", "partner"});
    auto program = in.optional_text("program", {.max = 64}), partner = in.optional_text("partner", {.max = 64});
    KeyWish wish{read_key(in), std::move(program), std::move(partner)};
    if (wish.program.has_value() != (kind == "merchant"))
        in.refuse("program", errc::invalid_field, "a merchant's key names its program; other keys do not");
    if (wish.partner.has_value() != (kind == "partner"))
        in.refuse("partner", errc::invalid_field, "a partner's key names its partner; other keys do not");
    if (auto const known = auth::find_kind(kind)) wish.key.kind = *known;
    return wish;
}

Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response, KeyWish const& said) {
    auto wanted = said.key;
    if (said.program) {
        auto const found = programs::find_program(tx, std::string_view(*said.program));
        if (!found) return Error(errc::unknown_program, "there is no program '" + *said.program + "'", "/program");
        wanted.principal = found->id;
    }
    if (said.partner) {
        auto const found = programs::find_partner(tx, std::string_view(*said.partner));
        if (!found) return Error(errc::unknown_partner, "there is no partner '" + *said.partner + "'", "/partner");
        wanted.principal = found->id;
    }
    return issue_key(api, tx, request, response, wanted);
}

}  // namespace

auth::NewKey read_key(routing::BodyReader& in) {
    auth::NewKey wanted;
    wanted.label = in.optional_text("label", {.max = 120}).value_or("");
    wanted.scopes = in.optional_choice("scopes", {"", "read"}).value_or("");
    wanted.test = in.optional_boolean("test").value_or(false);
    wanted.expires_at_us = in.optional_instant("expires_at").value_or(0);
    return wanted;
}

Status issue_key(Api const& api, storage::Tx& tx, Request const& request, Response& response, auth::NewKey const& wanted) {
    auto const issued = auth::create_key(tx, api.keys, api.kernel.mint, wanted, api.kernel.clock.now_us());
    if (!issued) return issued.error();
    audit_created(api, tx, request, key_listing(), issued->id);
    JsonWriter json(response.body);
    json.begin_object()
        .key("id")
        .id("key", issued->id)
        .member("key", issued->secret)
        .member("kind", auth::kind_name(wanted.kind))
        .member("label", wanted.label);
    json.member("scopes", wanted.scopes).member("test", wanted.test).key("expires_at").instant(wanted.expires_at_us).end_object();
    response.status = 201;
    response.set_header("cache-control", "no-store");
    return {};
}

Status withdraw_key(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::optional<Id> partner) {
    auto const id = path_id(request, "key");
    if (!id) return id.error();
    auto const kind = tx.value<std::int64_t>("select kind from api_key where id = :id", {storage::arg("id", *id)});
    if (!kind || (partner && *kind != static_cast<std::int64_t>(auth::KeyKind::partner))) return errc::not_found;
    Audited audited(api, tx, request, key_listing(), *id);
    if (auto status = auth::revoke_key(tx, api.keys, *id, api.kernel.clock.now_us(), partner); !status) return status;
    audited.done("revoke");
    response.status = 204;
    return {};
}

void add_key_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/keys", operators, "API keys, without their secrets", key_listing(), routing::everything()));
    routes.push_back(one("/v1/keys/{id}", operators, "An API key, without its secret", key_listing(), routing::everything()));
    routes.push_back(answering(
        change("POST", "/v1/keys", operators, "Make an API key; its secret is shown once", Body{"KeyWish", read_wish}, bound(api, create)),
        {201}, "IssuedKey"));
    routes.push_back(answering_nothing(change(
        "DELETE", "/v1/keys/{id}", operators, "Revoke an API key",
        [&api](storage::Tx& tx, Request& request, Response& response) { return withdraw_key(api, tx, request, response, std::nullopt); })));
}

}  // namespace partnerd::api

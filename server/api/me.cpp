// A partner itself: its data, its keys, its programs.
#include <boost/json.hpp>

#include "api/audited.hpp"
#include "api/key_body.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/partner_upsert.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;

namespace {

// Facts, tags and notes are the operator's own view of a partner.
Status answer_me(storage::Tx& tx, Request const& request, Response& response) {
    auto const me = programs::find_partner(tx, request.principal.id);
    if (!me) return errc::not_found;
    response.body.clear();
    JsonWriter json(response.body);
    json.begin_object().key("id").id("ptn", me->id).member("handle", me->handle).member("name", me->name).member("email", me->email);
    json.member("partner_type", me->type).member("website", me->website).member("status", me->status).member("reason", me->status_reason);
    json.key("created_at").instant(me->created_at_us).end_object();
    return {};
}

Status show(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    return answer_me(tx, request, response);
}

PartnerWish read_me(routing::BodyReader& in) {
    PartnerWish wish;
    wish.name = in.optional_text("name");
    wish.email = in.optional_email("email");
    wish.website = in.is_null("website") ? std::string() : in.optional_text("website", {.max = 2048, .min = 0});
    return wish;
}

Status alter(Api const& api, storage::Tx& tx, Request const& request, Response& response, PartnerWish const& wish) {
    auto me = programs::find_partner(tx, request.principal.id);
    if (!me) return errc::not_found;
    auto const difference = change_partner(tx, api.kernel, *me, wish);
    if (!difference) return difference.error();
    if (!difference->empty())
        write_audit(api, tx, request, "update", "partner", me->id, difference->before_json(), difference->after_json());
    return answer_me(tx, request, response);
}

Status create_key(Api const& api, storage::Tx& tx, Request const& request, Response& response, auth::NewKey wanted) {
    wanted.kind = auth::KeyKind::partner;
    wanted.principal = request.principal.id;
    // A test key makes no live keys.
    wanted.test = wanted.test || request.principal.test;
    return issue_key(api, tx, request, response, wanted);
}

}  // namespace

void add_me_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(answering(get("/v1/me", partners, "Who I am", show), {200}, "Me"));
    routes.push_back(
        answering(change("PATCH", "/v1/me", partners, "Change my name, address or website", Body{"MyChange", read_me}, bound(api, alter)),
                  {200}, "Me"));
    routes.push_back(
        list("/v1/me/keys", partners, "My keys, without their secrets", my_key_listing(), routing::of_principal("k.principal")));
    routes.push_back(answering(change("POST", "/v1/me/keys", partners, "Make a key for myself; its secret is shown once",
                                      Body{"MyKeyWish", read_key}, bound(api, create_key)),
                               {201}, "IssuedKey"));
    routes.push_back(answering_nothing(change("DELETE", "/v1/me/keys/{id}", partners, "Revoke a key of mine",
                                              [&api](storage::Tx& tx, Request& request, Response& response) {
                                                  return withdraw_key(api, tx, request, response, request.principal.id);
                                              })));
    routes.push_back(
        list("/v1/me/programs", partners, "The programs I take part in", my_program_listing(), routing::of_principal("e.partner")));
}

}  // namespace partnerd::api

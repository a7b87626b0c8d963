// Partners, for operators.
#include "programs/partner.hpp"

#include <boost/json.hpp>

#include "api/audited.hpp"
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

// The partner of the path: a handle or an id.
Result<programs::Partner> partner_of(storage::Tx& tx, Request const& request) {
    auto partner = programs::find_partner(tx, path_param(request, "id"));
    if (!partner) return errc::not_found;
    return *partner;
}

constexpr char tags_schema[] = R"({"tags":{"type":"array","items":{"type":"string"}}})";

void add_tags(storage::Tx& tx, boost::json::object& row) {
    auto const id = parse_id("ptn", std::string_view(row.at("id").as_string()));
    boost::json::array tags;
    for (auto const& tag : programs::tags_of(tx, id.value())) tags.emplace_back(tag);
    row["tags"] = std::move(tags);
}

Status answer_partner(storage::Tx& tx, Response& response, Id partner) {
    auto row = boost::json::parse(*routing::row_json(tx, partner_listing(), partner));
    add_tags(tx, row.as_object());
    return answer(response, 200, boost::json::serialize(row));
}

Status show(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    auto const partner = partner_of(tx, request);
    return partner ? answer_partner(tx, response, partner->id) : Status(partner.error());
}

PartnerWish read_change(routing::BodyReader& in) {
    PartnerWish wish;
    read_partner_details(in, wish);
    return wish;
}

Status alter(Api const& api, storage::Tx& tx, Request const& request, Response& response, PartnerWish const& wish) {
    auto partner = partner_of(tx, request);
    if (!partner) return partner.error();
    auto const difference = change_partner(tx, api.kernel, *partner, wish);
    if (!difference) return difference.error();
    if (!difference->empty())
        write_audit(api, tx, request, "update", "partner", partner->id, difference->before_json(), difference->after_json());
    return answer_partner(tx, response, partner->id);
}

Status upsert(Api const& api, storage::Tx& tx, Request const& request, Response& response, PartnerWish const& wish) {
    auto const done = upsert_partner(tx, api.kernel, request.program, wish);
    if (!done) return done.error();
    bool const made = done->created || done->enrolled;
    bool const same = !made && done->difference.empty();
    if (!same) {
        write_audit(api, tx, request, done->created ? "create" : "update", "partner", done->partner,
                    done->created ? std::string() : done->difference.before_json(), done->difference.after_json());
        if (done->enrolled) audit_created(api, tx, request, enrollment_listing(), done->enrollment);
    }
    auto const enrollment = programs::find_enrollment(tx, request.program, done->enrollment);
    JsonWriter json(response.body);
    json.begin_object().key("id").id("ptn", done->partner).member("handle", wish.handle).key("enrollment").id("enr", done->enrollment);
    json.member("status", enrollment->status).member("group", enrollment->group).member("duplicate", same).end_object();
    response.status = made ? 201 : 200;
    return {};
}

auto set_status(Api const& api, std::string status) {
    return [&api, status](storage::Tx& tx, Request const& request, Response& response, std::string const& reason) -> Status {
        auto const partner = partner_of(tx, request);
        if (!partner) return partner.error();
        Audited audited(api, tx, request, partner_without_person_listing(), partner->id);
        if (auto changed = programs::set_partner_status(tx, api.kernel, partner->id, status, reason); !changed) return changed;
        audited.done(status == "active" ? "reinstate" : "suspend");
        return answer_partner(tx, response, partner->id);
    };
}

routing::TxHandler set_stop(Api const& api, bool stopped) {
    return [&api, stopped](storage::Tx& tx, Request& request, Response& response) -> Status {
        auto const partner = partner_of(tx, request);
        if (!partner) return partner.error();
        Audited audited(api, tx, request, partner_without_person_listing(), partner->id);
        programs::set_partner_stop(tx, api.kernel, partner->id, stopped);
        audited.done(stopped ? "stop" : "resume");
        return answer_partner(tx, response, partner->id);
    };
}

std::string read_note(routing::BodyReader& in) { return in.text("text", {.max = 10'000, .lines = true}); }

Status add_note(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::string const& text) {
    auto const partner = partner_of(tx, request);
    if (!partner) return partner.error();
    auto const note = programs::add_note(tx, api.kernel, partner->id, actor_name(request), text);
    // What a note says may be personal, so the log only has that there is one.
    write_audit(api, tx, request, "add note", "partner", partner->id, "", R"({"note":")" + format_id("note", note) + "\"}");
    return answer(response, 201, *routing::row_json(tx, note_listing(), note));
}

struct Identity {
    std::optional<std::string> email, customer, program;
};

Identity read_identity(routing::BodyReader& in) {
    Identity identity{in.optional_email("email"), in.optional_text("customer"), in.optional_text("program", {.max = 64})};
    auto const& [email, customer, name] = identity;
    if (email.has_value() == customer.has_value()) in.refuse("email", errc::missing_field, "name either an e-mail address or a customer");
    if (customer && !name) in.refuse("program", errc::missing_field, "a customer belongs to a program; name it");
    if (email && name) in.refuse("program", errc::invalid_field, "an e-mail address belongs to no program");
    return identity;
}

Status add_identity(Api const& api, storage::Tx& tx, Request const& request, Response& response, Identity const& said) {
    auto const& [email, customer, name] = said;
    auto const partner = partner_of(tx, request);
    if (!partner) return partner.error();
    auto const program = name ? programs::find_program(tx, std::string_view(*name)) : std::nullopt;
    if (name && !program) return Error(errc::unknown_program, "there is no program '" + *name + "'", "/program");
    auto const hash = email ? programs::email_hash(api.kernel, *email) : programs::customer_hash(api.kernel, program->id, *customer);
    bool const known = programs::is_identity_of(tx, partner->id, hash);
    if (!known) {
        programs::add_identity(tx, partner->id, hash);
        write_audit(api, tx, request, "add identity", "partner", partner->id, "",
                    std::string(R"({"identity":")") + (email ? "email" : "customer") + "\"}");
    }
    std::string out;
    JsonWriter(out)
        .begin_object()
        .key("partner")
        .id("ptn", partner->id)
        .member("identity", email ? "email" : "customer")
        .member("duplicate", known)
        .end_object();
    return answer(response, known ? 200 : 201, std::move(out));
}

// Notes of the path's partner.
routing::ScopeFunction of_path_partner(std::string owner_sql) {
    return [where = std::move(owner_sql) + " = :scope_partner"](storage::Tx& tx, Request const& request) -> Result<routing::ListScope> {
        auto const partner = partner_of(tx, request);
        if (!partner) return partner.error();
        return routing::ListScope{where, {{"scope_partner", partner->id}}};
    };
}

}  // namespace

void add_partner_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto const answering_partner = [](routing::Route route) { return answering(std::move(route), {200}, partner_listing(), tags_schema); };
    routes.push_back(
        answering(change("POST", "/v1/programs/{program}/partners", operators, "Make a partner, or change it, and enroll it in the program",
                         Body{"PartnerWish", read_enrolling}, bound(api, upsert)),
                  {200, 201}, "EnrolledPartner"));
    routes.push_back(list("/v1/partners", operators, "Partners", partner_listing(), routing::everything(), {tags_schema, add_tags}));
    routes.push_back(answering_partner(get("/v1/partners/{id}", operators, "A partner, by handle or id", show)));
    routes.push_back(answering_partner(
        change("PATCH", "/v1/partners/{id}", operators, "Change a partner", Body{"PartnerChange", read_change}, bound(api, alter))));
    Body const reason{"Reason", read_reason};
    routes.push_back(answering_partner(
        change("POST", "/v1/partners/{id}/suspend", operators, "Suspend a partner in all programs", reason, set_status(api, "suspended"))));
    routes.push_back(
        answering_partner(change("POST", "/v1/partners/{id}/reinstate", operators, "End a suspension", reason, set_status(api, "active"))));
    routes.push_back(
        answering_partner(change("POST", "/v1/partners/{id}/stop", operators, "Emergency stop of a partner", set_stop(api, true))));
    routes.push_back(
        answering_partner(change("POST", "/v1/partners/{id}/resume", operators, "End of the emergency stop", set_stop(api, false))));
    routes.push_back(
        list("/v1/partners/{id}/notes", operators, "Private notes on a partner", note_listing(), of_path_partner("n.partner")));
    routes.push_back(answering(
        change("POST", "/v1/partners/{id}/notes", operators, "Add a private note", Body{"NoteWish", read_note}, bound(api, add_note)),
        {201}, note_listing()));
    routes.push_back(answering(change("POST", "/v1/partners/{id}/identities", operators,
                                      "An address or customer that is the partner itself: its purchases earn nothing",
                                      Body{"Identity", read_identity}, bound(api, add_identity)),
                               {200, 201}, "KnownIdentity"));
}

}  // namespace partnerd::api

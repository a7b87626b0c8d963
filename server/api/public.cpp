// What anybody may ask: what a program offers, to become its partner, and what became of that.
#include <boost/json.hpp>

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/rate_words.hpp"
#include "domain/text.hpp"
#include "programs/application.hpp"
#include "routing/body.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;

namespace {

void write_rates(JsonWriter& json, programs::Terms const& terms, Currency const& currency) {
    json.key("rates").begin_array();
    for (auto const& rate : rates_in_words(terms.plan_json, currency)) {
        json.begin_object().member("name", rate.name).member("rule", rate.rule).member("lane", rate.lane).key("on").begin_array();
        for (auto const& kind : rate.kinds) json.value(kind);
        json.end_array().member("words", rate.words).end_object();
    }
    json.end_array();
}

void write_offered(JsonWriter& json, programs::Terms const& terms, Currency const& currency) {
    json.key("offered").begin_object().member("version", terms.version).member("text", terms.text);
    json.key("effective_at").instant(terms.effective_at_us);
    write_rates(json, terms, currency);
    json.member("window_days", terms.settings.window_days).member("hold_days", terms.settings.hold_days);
    json.key("minimum_payout").value(Money{terms.settings.minimum_payout_minor, currency}).end_object();
}

Status show_program(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    auto const view = api.views.get(tx, request.program);
    if (!view || view->program.status == "draft") return errc::unknown_program;
    auto const* const terms = view->in_force(api.kernel.clock.now_us());
    if (terms == nullptr) return errc::unknown_program;
    auto const& program = view->program;
    JsonWriter json(response.body);
    json.begin_object()
        .key("id")
        .id("prg", program.id)
        .member("handle", program.handle)
        .member("name", program.name)
        .member("status", program.status);
    json.member("currency", program.currency.code()).member("zone", program.zone);
    json.key("terms")
        .begin_object()
        .member("version", terms->version)
        .member("text", terms->text)
        .key("effective_at")
        .instant(terms->effective_at_us)
        .end_object();
    // Applicants may accept the newest version before it is in force, so they see what it says.
    json.member("offered_terms", view->terms.back().version);
    if (view->terms.back().version != terms->version) write_offered(json, view->terms.back(), program.currency);
    write_rates(json, *terms, program.currency);
    json.member("window_days", terms->settings.window_days).member("hold_days", terms->settings.hold_days);
    json.key("minimum_payout").value(Money{terms->settings.minimum_payout_minor, program.currency}).end_object();
    return {};
}

programs::Application read_application(routing::BodyReader& in) {
    programs::Application application;
    application.name = in.text("name");
    application.email = in.email("email");
    application.terms_version = in.integer("accepted_terms", 1, 1'000'000);
    application.website = in.optional_text("website", {.max = 2048}).value_or("");
    application.partner_type = in.optional_handle("partner_type").value_or(application.partner_type);
    boost::json::object answers;
    for (auto const& [question, text] : in.map("answers", 50, {.max = 2000, .min = 0, .lines = true})) answers[question] = text;
    application.answers = boost::json::serialize(answers);
    return application;
}

Status apply_for(Api const& api, storage::Tx& tx, Request const& request, Response& response, programs::Application application) {
    auto const view = api.views.get(tx, request.program);
    if (!view || view->program.status == "draft") return errc::unknown_program;
    auto const applied = programs::apply_to_program(tx, api.kernel, *view, std::move(application));
    if (!applied) return applied.error();
    audit_created(api, tx, request, application_without_person_listing(), applied->id);
    // The same for everybody, approved at once or known before; what the status says later differs (ADR 0013).
    JsonWriter json(response.body);
    json.begin_object().key("id").id("app", applied->id).member("token", applied->token).member("status", "pending");
    json.member("status_url", api.public_url + "/v1/applications/" + format_id("app", applied->id)).end_object();
    response.status = 202;
    response.set_header("cache-control", "no-store");
    return {};
}

constexpr QueryWords token_query[] = {{"token", R"({"type":"string"})", "The application's token; or as Authorization: Bearer"}};

std::string token_of(Request const& request) {
    if (auto const token = request.param("token")) return std::string(*token);
    auto const header = request.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (header.size() <= scheme.size() || lower_ascii(header.substr(0, scheme.size())) != scheme) return {};
    return std::string(trim(header.substr(scheme.size())));
}

// The first key of a new partner, once; empty when it was given before.
Result<std::string> hand_over_key(Api const& api, Request const& request, Id id) {
    Result<std::string> secret = std::string();
    api.storage.write([&](storage::Tx& tx) {
        secret = std::string();
        auto const application = programs::find_application(tx, id);
        if (!application || !programs::take_key(tx, *application)) return true;
        auto const key =
            auth::create_key(tx, api.keys, api.kernel.mint, {auth::KeyKind::partner, application->partner, false, "", "first key", 0},
                             api.kernel.clock.now_us());
        if (!key) {
            secret = key.error();
            return false;
        }
        audit_created(api, tx, request, key_listing(), key->id);
        secret = key->secret;
        return true;
    });
    return secret;
}

// A worker route, since asking writes once: when the key is handed over. A HEAD does not take it.
Status show_application(Api const& api, Request const& request, Response& response) {
    if (auto status = only_params(request, token_query); !status) return status;
    auto const id = path_id(request, "app");
    if (!id) return id.error();
    Result<programs::Application> application = errc::not_found;
    std::string program;
    api.storage.read([&](storage::Tx& tx) {
        application = programs::find_application_by_token(tx, *id, token_of(request));
        if (application) program = programs::find_program(tx, application->program)->handle;
    });
    if (!application) return application.error();
    std::string key;
    if (application->status == "approved" && !application->key_given && request.method != "HEAD") {
        auto given = hand_over_key(api, request, *id);
        if (!given) return given.error();
        key = *given;
    }
    JsonWriter json(response.body);
    json.begin_object()
        .key("id")
        .id("app", *id)
        .member("program", program)
        .member("status", application->status)
        .member("reason", application->reason);
    json.key("created_at").instant(application->created_at_us).key("decided_at").instant(application->decided_at_us);
    if (!key.empty()) json.member("key", key);
    json.end_object();
    response.set_header("cache-control", "no-store");
    return {};
}

}  // namespace

void add_public_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(answering(get("/v1/programs/{program}/public", anybody, "What a program offers to partners", bound(api, show_program)),
                               {200}, "PublicProgram"));
    routes.push_back(answering(change("POST", "/v1/programs/{program}/applications", anybody, "Apply to become a partner",
                                      Body{"ApplicationWish", read_application}, bound(api, apply_for)),
                               {202}, "AppliedFor"));
    routing::Route status;
    status.kind = routing::RouteKind::worker;
    status.method = "GET";
    status.path = "/v1/applications/{id}";
    status.scopes = anybody;
    status.summary = "What became of an application, for the holder of its token; once approved, the first key, once";
    status.work = [&api](Request& request, Response& response) { return show_application(api, request, response); };
    routes.push_back(asking(answering(std::move(status), {200}, "ApplicationStatus"), token_query));
}

}  // namespace partnerd::api

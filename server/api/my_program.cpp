// A partner in one program: terms, links, figures. Whoever is not enrolled there gets the answer of an unknown program.
#include <boost/json.hpp>

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/summary_query.hpp"
#include "programs/link.hpp"
#include "reports/explain.hpp"
#include "routing/body.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;
using storage::arg;

namespace {

Result<programs::Enrollment> my_enrollment(storage::Tx& tx, Request const& request) {
    auto enrollment = programs::find_enrollment_of(tx, request.program, request.principal.id);
    if (!enrollment) return errc::unknown_program;
    return *enrollment;
}

// Terms of a program I take part in are everybody's there.
Result<routing::ListScope> terms_scope(storage::Tx& tx, Request const& request) {
    if (auto mine = my_enrollment(tx, request); !mine) return mine.error();
    return routing::of_program("t.program")(tx, request);
}

Status accept_terms(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto const mine = my_enrollment(tx, request);
    if (!mine) return mine.error();
    auto const version = parse_amount_not_negative(path_param(request, "version"), 0);
    if (!version) return errc::not_found;
    Audited audited(api, tx, request, enrollment_listing(), mine->id);
    if (auto status = programs::accept_terms(tx, request.program, mine->id, *version); !status) return status;
    audited.done("accept terms");
    JsonWriter(response.body).begin_object().key("enrollment").id("enr", mine->id).member("accepted_terms", *version).end_object();
    return {};
}

programs::Link read_link(routing::BodyReader& in) {
    programs::Link link;
    link.destination = in.optional_text("destination", {.max = 2048}).value_or("");
    link.code = in.optional_code("code").value_or("");
    link.channel = in.optional_text("channel", {.max = 100}).value_or("");
    for (std::size_t i = 0; i < link.subs.size(); ++i)
        link.subs[i] = in.optional_text("sub" + std::to_string(i + 1), {.max = 100}).value_or("");
    return link;
}

Status create_link(Api const& api, storage::Tx& tx, Request const& request, Response& response, programs::Link link) {
    auto const mine = my_enrollment(tx, request);
    if (!mine) return mine.error();
    auto const me = programs::find_partner(tx, request.principal.id);
    auto const program = programs::find_program(tx, request.program);
    if (mine->status != "active" || !me->earns())
        return Error(errc::invalid_state, "nothing new earns while the partner is suspended or stopped");
    if (program->status == "ended") return Error(errc::program_ended, "the program has ended");
    if (auto status = programs::create_link(tx, api.kernel, *program, *mine, link); !status) return status;
    audit_created(api, tx, request, link_listing(api), link.id);
    return answer(response, 201, *routing::row_json(tx, my_link_listing(api), link.id));
}

Status show_summary(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    if (auto mine = my_enrollment(tx, request); !mine) return mine.error();
    auto const view = api.views.get(tx, request.program);
    auto const query = read_summary_query(request, view->program, api.kernel.clock.now_us());
    if (!query) return query.error();
    return answer(response, 200, summary_json(*query, reports::summarise(tx, *query), view->program.currency));
}

Status explain(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    if (auto mine = my_enrollment(tx, request); !mine) return mine.error();
    auto const id = path_id(request, "cnv");
    if (!id) return id.error();
    auto explained = reports::explain_for_partner(tx, request.program, *id, request.principal.id);
    if (!explained) return errc::not_found;
    return answer(response, 200, std::move(*explained));
}

struct Balance {
    Currency currency;
    std::int64_t pending_minor = 0, payable_minor = 0;
};

std::vector<Balance> balances_of(storage::Tx& tx, Id program, Id partner, Currency const& payout) {
    std::vector<Balance> balances{{payout, 0, 0}};
    auto const pending = ledger::pending_account(partner), payable = ledger::payable_account(partner);
    for (auto const& [name, code, exponent, minor] : tx.query<std::string, std::string, std::int64_t, std::int64_t>(
             "select name, currency, exponent, balance_minor from account "
             "where program = :program and name in (:pending, :payable) order by currency",
             {arg("program", program), arg("pending", pending), arg("payable", payable)})) {
        auto found = std::find_if(balances.begin(), balances.end(),
                                  [&, c = std::string_view(code)](Balance const& b) { return b.currency.code() == c; });
        if (found == balances.end()) found = balances.insert(balances.end(), {Currency(code, static_cast<int>(exponent)), 0, 0});
        (name == pending ? found->pending_minor : found->payable_minor) = minor;
    }
    return balances;
}

Status show_balance(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    if (auto mine = my_enrollment(tx, request); !mine) return mine.error();
    auto const view = api.views.get(tx, request.program);
    JsonWriter json(response.body);
    json.begin_object().key("data").begin_array();
    for (auto const& balance : balances_of(tx, request.program, request.principal.id, view->program.currency)) {
        json.begin_object()
            .member("currency", balance.currency.code())
            .key("pending")
            .value(Money{balance.pending_minor, balance.currency});
        json.key("payable").value(Money{balance.payable_minor, balance.currency}).end_object();
    }
    json.end_array().member("has_more", false).key("next_cursor").null().end_object();
    return {};
}

}  // namespace

void add_my_program_routes(Api const& api, std::vector<routing::Route>& routes) {
    std::string const here = "/v1/me/programs/{program}";
    auto const my_links = of_enrolled("l.partner", "l.program");
    auto const my_conversions = routing::both(of_enrolled("c.partner", "c.program"), of_mode("c.test"));
    auto const my_commissions = routing::both(of_enrolled("m.partner", "m.program"), of_mode("c.test"));
    routes.push_back(list(here + "/terms", partners, "The versions of the terms", terms_listing(), terms_scope));
    routes.push_back(
        answering(change("POST", here + "/terms/{version}/accept", partners, "Accept a version of the terms", bound(api, accept_terms)),
                  {200}, "AcceptedTerms"));
    routes.push_back(list(here + "/links", partners, "My links", my_link_listing(api), my_links));
    routes.push_back(
        answering(change("POST", here + "/links", partners, "Make a link", Body{"LinkWish", read_link}, bound(api, create_link)), {201},
                  my_link_listing(api)));
    routes.push_back(one(here + "/links/{id}", partners, "A link of mine", my_link_listing(api), my_links));
    routes.push_back(asking_summary(
        answering(get(here + "/summary", partners, "My clicks, conversions and commission", bound(api, show_summary)), {200}, "Summary")));
    routes.push_back(list(here + "/conversions", partners, "My conversions", my_conversion_listing(), my_conversions));
    routes.push_back(one(here + "/conversions/{id}", partners, "A conversion of mine", my_conversion_listing(), my_conversions));
    routes.push_back(answering(get(here + "/conversions/{id}/explain", partners, "Why a conversion earned what it earned", explain), {200},
                               "MyExplanation"));
    routes.push_back(list(here + "/commissions", partners, "My commissions", my_commission_listing(), my_commissions));
    routes.push_back(
        answering(get(here + "/balance", partners, "What is pending and payable", bound(api, show_balance)), {200}, "Balances"));
}

}  // namespace partnerd::api

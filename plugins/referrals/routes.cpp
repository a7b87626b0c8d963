#include "routes.hpp"

#include <partnerd/list.hpp>

#include <limits>

#include "sale.hpp"

namespace referrals {

using partnerd::arg;
using partnerd::Request;
using partnerd::Response;
using partnerd::Tx;

namespace {

constexpr char const* merchants = "operator merchant";

// What the core refuses is the answer; nothing was recorded then.
template <class Work>
void handing_on(Work&& work) {
    try {
        work();
    } catch (partnerd::Error const& error) {
        auto const problem = error.problem();
        if (problem.status >= 500) throw;
        partnerd::roll_back(problem.status, problem.code, problem.detail, problem.field);
    }
}

}  // namespace

Routes::Routes(partnerd::Host& host) : core_(host.core()), tracking_(host.tracking()), redirect_(host) {
    auto http = host.http();
    http.write("POST", "/sale", {.scopes = merchants, .summary = "Report a sale that a referral led to"}, this, &Routes::sale);
    http.write("POST", "/signup", {.scopes = merchants, .summary = "Report a sign-up; binds the customer if the terms say so"}, this, &Routes::signup);
    http.read("GET", "/signups", {.scopes = merchants, .summary = "List the newest sign-ups"}, this, &Routes::list_signups);
}

void Routes::sale(Tx& tx, Request& request, Response& response) {
    auto const conversion = read_sale(tx, core_, request);
    handing_on([&] {
        auto const outcome = tracking_.convert(tx, conversion);
        response.status(outcome.state == partnerd::OutcomeState::duplicate ? 200 : 201).write(write_outcome(tx, core_, outcome));
    });
}

void Routes::signup(Tx& tx, Request& request, Response& response) {
    auto const conversion = read_signup(core_, request);
    handing_on([&] {
        auto const outcome = tracking_.convert(tx, conversion);
        if (outcome.state != partnerd::OutcomeState::duplicate && !conversion.test)
            tx.exec("insert into referrals_signup (program, customer, conversion, partner, at_us) values (:program, :customer, :conversion, :partner, :at) "
                    "on conflict (program, customer) do nothing",
                    arg("program", conversion.program), arg("customer", conversion.customer), arg("conversion", outcome.conversion), arg("partner", outcome.partner),
                    arg("at", conversion.at_us == 0 ? core_.now_us() : conversion.at_us));
        response.status(outcome.state == partnerd::OutcomeState::duplicate ? 200 : 201).write(write_outcome(tx, core_, outcome));
    });
}

void Routes::list_signups(Tx& tx, Request& request, Response& response) {
    partnerd::List list(core_, request, "cnv", {{"conversion"}, {"customer"}, {"partner"}});
    auto const before = list.after() == 0 ? std::numeric_limits<std::int64_t>::max() : list.after();
    for (auto const& [customer, conversion, partner] : tx.query<std::string, std::int64_t, std::int64_t>(
             "select customer, conversion, partner from referrals_signup where program = :program and conversion < :before "
             "order by conversion desc limit :most",
             arg("program", request.program()), arg("before", before), arg("most", list.most()))) {
        boost::json::object row{{"conversion", core_.format_id(conversion, "cnv")}, {"customer", customer}};
        if (partner != 0) row["partner"] = core_.field<std::string>(tx, "partner", partner, "handle");
        list.add(std::move(row));
    }
    list.answer(response);
}

}  // namespace referrals

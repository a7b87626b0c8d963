// The books of a program: accounts, entries with their legs, and the head of the seal.
#include <boost/json.hpp>

#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "ledger/outside_name.hpp"
#include "ledger/seal.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;
using storage::arg;

namespace {

void add_legs(storage::Tx& tx, boost::json::object& row) {
    auto const id = parse_id("ent", std::string_view(row.at("id").as_string())).value();
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (auto const& [account, name, minor, currency, exponent] :
         tx.query<std::int64_t, std::string, std::int64_t, std::string, std::int64_t>(
             "select q.account, a.name, q.amount_minor, a.currency, a.exponent from entry e "
             "join posting q on q.program = e.program and q.entry = e.id "
             "join account a on a.program = q.program and a.id = q.account where e.id = :id order by q.leg",
             {arg("id", id)}))
        json.begin_object()
            .key("account")
            .id("acc", account)
            .member("name", ledger::outside_name(name))
            .key("amount")
            .value(Money{minor, Currency(currency, static_cast<int>(exponent))})
            .end_object();
    json.end_array();
    row["legs"] = boost::json::parse(out);
}

constexpr char legs_schema[] = R"({"legs":{"type":"array","items":{"type":"object","required":["account","name","amount"],"properties":{
    "account":{"type":"string","pattern":"^acc_"},"name":{"type":"string"},"amount":{"$ref":"#/components/schemas/Money"}}}}})";

Status show_head(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    JsonWriter json(response.body);
    json.begin_object().key("data").begin_array();
    for (auto const id : programs::program_ids(tx)) {
        auto const head = ledger::seal_head(tx, id);
        json.begin_object()
            .key("program")
            .id("prg", id)
            .member("handle", programs::find_program(tx, id)->handle)
            .member("last_seq", head.last_seq);
        json.member("hash", head.hash).member("unsealed", head.unsealed).end_object();
    }
    json.end_array().member("has_more", false).key("next_cursor").null().end_object();
    return {};
}

}  // namespace

void add_ledger_routes(Api const&, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/programs/{program}/accounts", operators, "The accounts of a program with their balances", account_listing(),
                          routing::of_program("a.program")));
    routes.push_back(one("/v1/programs/{program}/accounts/{id}", operators, "An account with its balance", account_listing(),
                         routing::of_program("a.program")));
    routes.push_back(list("/v1/programs/{program}/entries", operators, "The entries of a program with their legs", entry_listing(),
                          routing::of_program("e.program"), {legs_schema, add_legs}));
    routes.push_back(one("/v1/programs/{program}/entries/{id}", operators, "An entry with its legs", entry_listing(),
                         routing::of_program("e.program"), {legs_schema, add_legs}));
    routes.push_back(answering(get("/v1/ledger/head", operators, "The head of each program's seal", show_head), {200}, "SealHeads"));
}

}  // namespace partnerd::api

// Adjustments: refunds, chargebacks, edits, and conversions that are taken back.
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/outcome.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

// Not in the audit log: the adjustment is the record.
Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    tracking::AdjustmentReport report;
    auto const kind = in.optional_handle("kind").value_or("sale");
    auto const external_id = in.text("external_id");
    report.adjustment_id = in.text("adjustment_id");
    auto const type = in.choice("type", {"refund", "chargeback", "amend", "status"});
    report.amount_minor = read_amount(in, "amount", report.currency);
    report.base_minor = read_amount(in, "base", report.currency);
    report.items = read_items(in, report.currency);
    report.reason = in.optional_text("reason", {.max = 500}).value_or("");
    report.new_status = in.optional_choice("status", {"declined"}).value_or("");
    report.at_us = in.optional_instant("at").value_or(0);
    bool const test = in.optional_boolean("test").value_or(false) || request.principal.test;
    if (type == "status" && report.new_status.empty()) in.refuse("status", errc::missing_field, "name the new status: \"declined\"");
    if (type != "status" && !report.new_status.empty()) in.refuse("status", errc::invalid_field, "goes with the type \"status\" only");
    if (auto status = in.finish(); !status) return status;
    report.type = *tracking::parse_adjustment_type(type);
    auto const outcome = api.tracker.adjust(tx, request.program, test, kind, external_id, report);
    if (!outcome) return outcome.error();
    return answer_outcome(api, tx, response, request.program, *outcome);
}

}  // namespace

void add_adjustment_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto report =
        change("POST", "/v1/programs/{program}/adjustments", merchants, "Report a refund, a chargeback, an edit or the end of a conversion",
               [&api](storage::Tx& tx, Request& request, Response& response) { return create(api, tx, request, response); });
    report.max_body = 256 * 1024;
    routes.push_back(std::move(report));
    routes.push_back(get("/v1/programs/{program}/adjustments", merchants, "The adjustments of a program",
                         routing::list_of(adjustment_listing(), routing::of_program("c.program"))));
    routes.push_back(get("/v1/programs/{program}/adjustments/{id}", merchants, "An adjustment",
                         routing::one_of(adjustment_listing(), routing::of_program("c.program"))));
}

}  // namespace partnerd::api

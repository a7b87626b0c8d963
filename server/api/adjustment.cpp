// Adjustments: refunds, chargebacks, edits, and conversions that are taken back.
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/outcome.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

struct Report {
    std::string kind, external_id;
    bool test = false;
    tracking::AdjustmentReport adjustment;
};

Report read_report(routing::BodyReader& in) {
    Report said;
    auto& report = said.adjustment;
    said.kind = in.optional_handle("kind").value_or("sale");
    said.external_id = in.text("external_id");
    report.adjustment_id = in.text("adjustment_id");
    auto const type = in.choice("type", {"refund", "chargeback", "amend", "status"});
    report.amount_minor = read_amount(in, "amount", report.currency);
    report.base_minor = read_amount(in, "base", report.currency);
    report.items = read_items(in, report.currency);
    report.reason = in.optional_text("reason", {.max = 500}).value_or("");
    report.new_status = in.optional_choice("status", {"declined"}).value_or("");
    report.at_us = in.optional_instant("at").value_or(0);
    said.test = in.optional_boolean("test").value_or(false);
    if (type == "status" && report.new_status.empty()) in.refuse("status", errc::missing_field, "name the new status: \"declined\"");
    if (type != "status" && !report.new_status.empty()) in.refuse("status", errc::invalid_field, "goes with the type \"status\" only");
    if (auto const known = tracking::parse_adjustment_type(type)) report.type = *known;
    return said;
}

// Not in the audit log: the adjustment is the record.
Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response, Report const& said) {
    bool const test = said.test || request.principal.test;
    auto const outcome = api.tracker.adjust(tx, request.program, test, said.kind, said.external_id, said.adjustment);
    if (!outcome) return outcome.error();
    return answer_outcome(response, *outcome);
}

}  // namespace

void add_adjustment_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto report =
        change("POST", "/v1/programs/{program}/adjustments", merchants, "Report a refund, a chargeback, an edit or the end of a conversion",
               Body{"AdjustmentReport", read_report}, bound(api, create));
    report.max_body = 256 * 1024;
    routes.push_back(answering(std::move(report), {200, 201}, "ConversionOutcome"));
    routes.push_back(list("/v1/programs/{program}/adjustments", merchants, "The adjustments of a program", adjustment_listing(),
                          routing::of_program("c.program")));
    routes.push_back(
        one("/v1/programs/{program}/adjustments/{id}", merchants, "An adjustment", adjustment_listing(), routing::of_program("c.program")));
}

}  // namespace partnerd::api

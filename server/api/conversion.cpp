// Conversions: reported by merchants, read and decided by operators.
#include <boost/json.hpp>

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/outcome.hpp"
#include "reports/explain.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

void read_order(routing::BodyReader& in, tracking::ConversionReport& report) {
    report.amount_minor = read_amount(in, "amount", report.currency);
    tracking::Breakdown breakdown;
    auto const subtotal = read_amount(in, "subtotal", report.currency);
    bool const parts = in.has("discount") || in.has("tax") || in.has("shipping");
    breakdown.subtotal_minor = subtotal.value_or(0);
    breakdown.discount_minor = read_amount(in, "discount", report.currency).value_or(0);
    breakdown.tax_minor = read_amount(in, "tax", report.currency).value_or(0);
    breakdown.shipping_minor = read_amount(in, "shipping", report.currency).value_or(0);
    if (parts && !subtotal) in.refuse("subtotal", errc::missing_field, "discount, tax and shipping go with a subtotal");
    if (subtotal && report.amount_minor) in.refuse("subtotal", errc::invalid_field, "give either the amount or its parts");
    if (subtotal) report.breakdown = breakdown;
    report.items = read_items(in, report.currency);
    if (report.kind == "sale" && !report.amount_minor && !subtotal && report.items.empty())
        in.refuse("amount", errc::missing_field, "a sale has an amount, a subtotal or items");
}

tracking::ConversionReport read_report(routing::BodyReader& in) {
    tracking::ConversionReport report;
    report.kind = in.optional_handle("kind").value_or(report.kind);
    report.external_id = in.text("external_id");
    report.order_id = in.optional_text("order_id").value_or("");
    report.customer = in.optional_text("customer").value_or("");
    report.customer_email = in.optional_email("customer_email").value_or("");
    report.customer_is_new = in.optional_boolean("customer_is_new");
    report.click_id = in.optional_text("click_id", {.max = 100}).value_or("");
    report.code = in.optional_text("code").value_or("");
    report.assigned_partner = in.optional_text("assigned_partner", {.max = 64}).value_or("");
    read_order(in, report);
    report.link = in.optional_id("link", "lnk").value_or(0);
    report.at_us = in.optional_instant("at").value_or(0);
    report.test = in.optional_boolean("test").value_or(false);
    return report;
}

void complete_report(Request const& request, tracking::ConversionReport& report) {
    report.program = request.program;
    report.test = report.test || request.principal.test;
}

// Not in the audit log: the conversion with its trace is the record.
Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response, tracking::ConversionReport report) {
    complete_report(request, report);
    auto const outcome = api.tracker.convert(tx, report);
    if (!outcome) return outcome.error();
    return answer_outcome(response, *outcome);
}

// The conversion of the path, of a program that the caller may see.
Result<tracking::Conversion> conversion_of(storage::Tx& tx, Request const& request) {
    auto const id = path_id(request, "cnv");
    if (!id) return id.error();
    auto conversion = tracking::find_conversion(tx, *id);
    bool const foreign =
        conversion && request.principal.kind == routing::PrincipalKind::merchant && request.principal.id != conversion->program;
    if (!conversion || foreign) return errc::not_found;
    return *conversion;
}

Status show(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    auto const conversion = conversion_of(tx, request);
    if (!conversion) return conversion.error();
    Response standing;
    if (auto status = answer_outcome(standing, api.tracker.outcome_of(tx, *conversion)); !status)
        return status;
    auto row = boost::json::parse(*routing::row_json(tx, conversion_listing(), conversion->id));
    row.as_object()["commissions"] = boost::json::parse(standing.body).at("commissions");
    return answer(response, 200, boost::json::serialize(row));
}

Status explain(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    auto const conversion = conversion_of(tx, request);
    if (!conversion) return conversion.error();
    auto explained = reports::explain_for_operator(tx, conversion->program, conversion->id);
    if (!explained) return errc::not_found;
    return answer(response, 200, std::move(*explained));
}

struct Review {
    std::string decision, reason;
};

Review read_review(routing::BodyReader& in) {
    Review review{in.choice("decision", {"approve", "decline"}), in.optional_text("reason", {.max = 500}).value_or("")};
    if (review.decision == "decline" && review.reason.empty())
        in.refuse("reason", errc::missing_field, "the partner is told why; give a reason");
    return review;
}

Status review(Api const& api, storage::Tx& tx, Request const& request, Response& response, Review const& said) {
    auto const conversion = conversion_of(tx, request);
    if (!conversion) return conversion.error();
    auto listing = conversion_listing();
    std::erase_if(listing.columns, [](auto const& column) { return column.name == "customer"; });
    Audited audited(api, tx, request, std::move(listing), conversion->id);
    auto const outcome = api.tracker.review(tx, conversion->program, conversion->id, said.decision == "approve", said.reason);
    if (!outcome) return outcome.error();
    audited.done(said.decision);
    auto const answered = answer_outcome(response, *outcome);
    response.status = 200;
    return answered;
}

// Of the trace, the candidates that did not earn.
void keep_near_misses(storage::Tx&, boost::json::object& row) {
    auto const trace = row["near_misses"];
    boost::json::value misses = boost::json::array();
    if (trace.is_object()) {
        auto const* const attribution = trace.get_object().if_contains("attribution");
        if (attribution != nullptr) misses = attribution->at("candidates");
    }
    row["near_misses"] = std::move(misses);
}

}  // namespace

void add_conversion_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto report = change("POST", "/v1/programs/{program}/conversions", merchants,
                         "Report a conversion; the same again is answered with what it became", Body{"ConversionReport", read_report},
                         bound(api, create));
    report.max_body = 256 * 1024;
    report = expecting(std::move(report), Body{"ConversionReport", read_report}, [&api](storage::Tx& tx, Request const& request, tracking::ConversionReport& said) {
        complete_report(request, said);
        api.tracker.expect(tx, said);
    });
    routes.push_back(answering(std::move(report), {200, 201}, "ConversionOutcome"));
    routes.push_back(list("/v1/programs/{program}/conversions", merchants, "The conversions of a program", conversion_listing(),
                          routing::of_program("c.program")));
    routes.push_back(list("/v1/programs/{program}/unattributed", merchants, "Conversions that nobody earned from, with the near misses",
                          unattributed_listing(), routing::of_program("c.program"), {{}, keep_near_misses}));
    auto standing = conversion_listing();
    standing.schema = "ConversionStanding";
    routes.push_back(answering(get("/v1/conversions/{id}", merchants, "A conversion as it stands", bound(api, show)), {200}, standing,
                               R"({"commissions":{"type":"array","items":{"$ref":"#/components/schemas/OutcomeCommission"}}})"));
    routes.push_back(
        answering(get("/v1/conversions/{id}/explain", merchants, "Why a conversion earned what it earned", explain), {200}, "Explanation"));
    routes.push_back(answering(change("POST", "/v1/conversions/{id}/review", operators, "Decide a conversion that is held",
                                      Body{"Review", read_review}, bound(api, review)),
                               {200}, "ConversionOutcome"));
}

}  // namespace partnerd::api

#include "routes.hpp"

#include <partnerd/json.hpp>

namespace coupons {

using partnerd::arg;
using partnerd::Body;
using partnerd::refuse;
using partnerd::Request;
using partnerd::Response;
namespace json = boost::json;

namespace {

constexpr char const* merchants = "operator merchant";
constexpr std::int64_t day_us = 86'400'000'000;

std::int64_t read_day(Body& body, std::string_view name) {
    auto const text = body.optional_text(name, 10);
    if (!text) return 0;
    auto const day = partnerd::parse_day(*text);
    if (!day) refuse(422, "invalid_field", "a day such as \"2026-01-31\" is expected", "/" + std::string(name));
    return *day;
}

std::string status_text(Upsert upsert) { return upsert == Upsert::created ? "created" : upsert == Upsert::changed ? "changed" : "unchanged"; }

void answer_upsert(Response& response, Upsert upsert, json::object object) {
    object["change"] = status_text(upsert);
    object["duplicate"] = upsert == Upsert::same;
    response.status(upsert == Upsert::created ? 201 : 200).write(json::serialize(object));
}

json::object write_campaign(Campaign const& c) {
    json::object object{{"campaign", c.campaign}, {"type", c.type}, {"customer_limit", c.customer_limit}, {"discount", json::parse(c.discount)}};
    if (c.starts_day != 0) object["starts_on"] = partnerd::format_day(c.starts_day);
    if (c.ends_day != 0) object["ends_on"] = partnerd::format_day(c.ends_day);
    return object;
}

// limit and starting_after as everywhere: at most 100, 25 by default.
struct Page {
    std::int64_t limit = 25;
    Id after = 0;
};
Page read_page(partnerd::Core const& core, Request const& request, char const* prefix) {
    Page page;
    if (auto const text = request.param("limit")) {
        char* end = nullptr;
        std::string const number(*text);
        page.limit = std::strtoll(number.c_str(), &end, 10);
        if (number.empty() || *end != '\0' || page.limit < 1 || page.limit > 100) refuse(400, "invalid_query", "limit is a number from 1 to 100", "limit");
    }
    if (auto const text = request.param("starting_after")) {
        auto const id = core.parse_id(*text, prefix);
        if (!id) refuse(400, "invalid_cursor", "the cursor is not one this server gave", "starting_after");
        page.after = *id;
    }
    return page;
}

void answer_page(Response& response, Page const& page, json::array rows) {
    bool const more = rows.size() > static_cast<std::size_t>(page.limit);
    if (more) rows.pop_back();
    json::object answer{{"has_more", more}};
    if (more) answer["next_cursor"] = rows.back().as_object().at("id");
    answer["data"] = std::move(rows);
    response.write(json::serialize(answer));
}

}  // namespace

Routes::Routes(partnerd::Host& host) : core_(host.core()), redemptions_(host.core(), host.tracking()) {
    auto http = host.http();
    http.write("POST", "/campaigns", {.scopes = merchants, .summary = "Create or change a coupon campaign"}, this, &Routes::put_campaign_route);
    http.read("GET", "/campaigns", {.scopes = merchants, .summary = "List coupon campaigns"}, this, &Routes::list_campaigns);
    http.write("POST", "/codes", {.scopes = merchants, .summary = "Create or change a code"}, this, &Routes::put_code_route);
    http.read("GET", "/codes", {.scopes = merchants, .summary = "List codes"}, this, &Routes::list_codes);
    http.read("POST", "/validate", {.scopes = merchants, .summary = "Would this code be redeemed now?"}, this, &Routes::validate);
    http.write("POST", "/redeem", {.scopes = merchants, .summary = "Redeem a code"}, this, &Routes::redeem);
    http.read("GET", "/redemptions", {.scopes = merchants, .summary = "List redemptions"}, this, &Routes::list_redemptions);
    http.write("POST", "/redemptions/{redemption_id}/rollback", {.scopes = merchants, .summary = "Undo a redemption"}, this, &Routes::roll_back);
    http.read("GET", "//v1/me/programs/{program}/codes", {.scopes = "partner", .summary = "List the partner's own codes"}, this, &Routes::list_own_codes);
}

void Routes::put_campaign_route(Tx& tx, Request& request, Response& response) {
    Body body(request);
    Campaign c;
    c.program = request.program();
    c.campaign = body.text("campaign", 64);
    c.type = body.optional_text("type", 64).value_or("");
    c.starts_day = read_day(body, "starts_on");
    c.ends_day = read_day(body, "ends_on");
    c.customer_limit = body.optional_integer("customer_limit", 0, 1'000'000).value_or(1);
    c.discount = body.optional_object("discount", 2048).value_or("{}");
    body.finish();
    if (c.ends_day != 0 && c.ends_day < c.starts_day) refuse(422, "invalid_field", "the campaign ends before it starts", "/ends_on");
    auto const upsert = put_campaign(tx, core_, c);
    answer_upsert(response, upsert, write_campaign(c));
}

void Routes::put_code_route(Tx& tx, Request& request, Response& response) {
    Body body(request);
    Code c;
    c.program = request.program();
    c.code = body.text("code", 64);
    auto const campaign_name = body.text("campaign", 64);
    auto const partner = body.optional_text("partner", 64);
    c.usage_limit = body.optional_integer("usage_limit", 0, 1'000'000'000'000).value_or(0);
    auto const currency = core_.field<std::string>(tx, "program", c.program, "currency");
    auto const exponent = static_cast<int>(core_.field<std::int64_t>(tx, "program", c.program, "exponent"));
    if (auto const payout = body.optional_money("payout", currency, exponent)) c.payout_minor = payout->minor;
    body.finish();
    auto const campaign = find_campaign(tx, c.program, campaign_name);
    if (!campaign) refuse(422, "unknown_campaign", "there is no campaign '" + campaign_name + "' in this program; create it first", "/campaign");
    c.campaign = campaign->id;
    if (partner) {
        auto const enrollment = core_.find(tx, "enrollment", c.program, *partner);
        if (!enrollment) refuse(422, "unknown_partner", "'" + *partner + "' is not a partner of this program", "/partner");
        c.enrollment = *enrollment;
    }
    auto const upsert = put_code(tx, core_, c);
    json::object object{{"id", core_.format_id(c.id, "cpn")}, {"code", c.code}, {"campaign", campaign->campaign}, {"usage_limit", c.usage_limit}, {"used", c.used}};
    if (partner) object["partner"] = *partner;
    answer_upsert(response, upsert, std::move(object));
}

RedeemOrder Routes::read_order(Tx& tx, Request& request, bool with_id) const {
    Body body(request);
    RedeemOrder o;
    o.program = request.program();
    o.code = body.text("code", 64);
    o.campaign = body.optional_text("campaign", 64);
    o.customer = body.optional_text("customer", 200).value_or("");
    if (with_id) {
        o.redemption_id = body.text("redemption_id", 200);
        o.order_id = body.optional_text("order_id", 200).value_or("");
    }
    auto const at = body.optional_text("at", 40);
    auto const day = read_day(body, "day");
    body.finish();
    // Before the first statement: two redeems of one code wait for each other instead of colliding.
    if (with_id) tx.lock("coupons:" + std::to_string(o.program) + ":" + code_key(o.code));
    if (at && day != 0) refuse(422, "invalid_field", "name the instant or the day, not both", "/day");
    o.at_us = day != 0 ? day * day_us + day_us / 2 : core_.now_us();
    if (at) {
        auto const parsed = core_.parse_instant(*at);
        if (!parsed) refuse(422, "invalid_field", "a time such as \"2026-01-31T08:26:00Z\" is expected", "/at");
        o.at_us = *parsed;
    }
    o.day = day != 0 ? day : core_.day_of(tx, o.program, o.at_us);
    o.test = request.principal().test;
    return o;
}

void Routes::validate(Tx& tx, Request& request, Response& response) {
    auto const order = read_order(tx, request, false);
    Choice choice;
    auto const reason = redemptions_.would_refuse(tx, order, choice);
    json::object object{{"valid", reason.empty()}, {"code", order.code}};
    if (!reason.empty()) object["reason"] = reason;
    if (choice.code) {
        object["campaign"] = choice.campaign.campaign;
        object["discount"] = json::parse(choice.campaign.discount);
        if (choice.code->usage_limit != 0) object["uses_left"] = choice.code->usage_limit - choice.code->used;
    }
    response.write(json::serialize(object));
}

std::string Routes::write_redemption(Redemption const& r) const {
    json::object object{{"id", core_.format_id(r.id, "red")}, {"redemption_id", r.redemption_id}, {"code", r.code.code}, {"campaign", r.campaign}, {"state", r.state}, {"duplicate", r.duplicate}};
    if (!r.discount.empty()) object["discount"] = json::parse(r.discount);
    if (r.conversion != 0) object["conversion"] = core_.format_id(r.conversion, "cnv");
    if (!r.outcome) return json::serialize(object);
    if (!r.outcome->reason_code.empty()) object["reason"] = r.outcome->reason_code;
    json::array lines;
    for (auto const& line : r.outcome->lines)
        lines.emplace_back(json::object{{"id", core_.format_id(line.commission, "com")}, {"partner", core_.format_id(line.partner, "ptn")}, {"state", line.state},
                                        {"amount", {{"amount", line.amount.decimal()}, {"currency", line.amount.unit}}}});
    object["commissions"] = std::move(lines);
    return json::serialize(object);
}

void Routes::redeem(Tx& tx, Request& request, Response& response) {
    auto const order = read_order(tx, request, true);
    try {
        auto const redemption = redemptions_.redeem(tx, order);
        response.status(redemption.duplicate ? 200 : 201).write(write_redemption(redemption));
    } catch (partnerd::Error const& error) {
        // What the core refused about the conversion undoes the use that was taken.
        auto const problem = error.problem();
        if (problem.status >= 500) throw;
        partnerd::roll_back(problem.status, problem.code, problem.detail, problem.field);
    }
}

void Routes::roll_back(Tx& tx, Request& request, Response& response) {
    std::string reason;
    if (!request.body().empty()) {
        Body body(request);
        reason = body.optional_text("reason", 200).value_or("");
        body.finish();
    }
    auto const redemption = redemptions_.roll_back(tx, request.program(), request.param("redemption_id").value_or(""), reason);
    response.write(write_redemption(redemption));
}

void Routes::list_campaigns(Tx& tx, Request& request, Response& response) {
    auto const page = read_page(core_, request, "cpg");
    json::array rows;
    for (auto const& [id, name] : tx.query<std::int64_t, std::string>("select id, campaign from coupons_campaign where program = :program and id > :after order by id limit :most",
                                                                      arg("program", request.program()), arg("after", page.after), arg("most", page.limit + 1))) {
        json::object object{{"id", core_.format_id(id, "cpg")}, {"campaign", name}};
        rows.emplace_back(std::move(object));
    }
    for (auto& row : rows) {
        auto& object = row.as_object();
        auto const campaign = find_campaign(tx, request.program(), std::string_view(object.at("campaign").as_string()));
        for (auto& member : write_campaign(*campaign)) object[member.key()] = member.value();
    }
    answer_page(response, page, std::move(rows));
}

void Routes::list_codes(Tx& tx, Request& request, Response& response) {
    auto const page = read_page(core_, request, "cpn");
    auto const campaign = request.param("campaign");
    json::array rows;
    for (auto const& [id, code, name, enrollment, most, used] : tx.query<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
             "select c.id, c.code, g.campaign, c.enrollment, c.usage_limit, c.used from coupons_code c join coupons_campaign g on g.program = c.program and g.id = c.campaign "
             "where c.program = :program and c.id > :after and (:campaign = '' or g.campaign = :campaign) order by c.id limit :most",
             arg("program", request.program()), arg("after", page.after), arg("campaign", campaign.value_or("")), arg("most", page.limit + 1))) {
        json::object object{{"id", core_.format_id(id, "cpn")}, {"code", code}, {"campaign", name}, {"usage_limit", most}, {"used", used}};
        if (enrollment != 0) object["enrollment"] = core_.format_id(enrollment, "enr");
        rows.emplace_back(std::move(object));
    }
    answer_page(response, page, std::move(rows));
}

void Routes::list_redemptions(Tx& tx, Request& request, Response& response) {
    auto const page = read_page(core_, request, "red");
    json::array rows;
    for (auto const& [id, redemption_id, code, customer, order_id, state, conversion] : tx.query<std::int64_t, std::string, std::string, std::string, std::string, std::string, std::int64_t>(
             "select r.id, r.redemption_id, c.code, r.customer, r.order_id, r.state, r.conversion from coupons_redemption r join coupons_code c on c.program = r.program and c.id = r.code "
             "where r.program = :program and r.id > :after order by r.id limit :most",
             arg("program", request.program()), arg("after", page.after), arg("most", page.limit + 1))) {
        json::object object{{"id", core_.format_id(id, "red")}, {"redemption_id", redemption_id}, {"code", code}, {"customer", customer}, {"order_id", order_id}, {"state", state}};
        if (conversion != 0) object["conversion"] = core_.format_id(conversion, "cnv");
        rows.emplace_back(std::move(object));
    }
    answer_page(response, page, std::move(rows));
}

void Routes::list_own_codes(Tx& tx, Request& request, Response& response) {
    auto const partner = core_.format_id(request.principal().id, "ptn");
    auto const enrollment = core_.find(tx, "enrollment", request.program(), partner);
    if (!enrollment) refuse(404, "not_found", "there is nothing here");
    auto const page = read_page(core_, request, "cpn");
    json::array rows;
    for (auto const& [id, code, name, most, used] : tx.query<std::int64_t, std::string, std::string, std::int64_t, std::int64_t>(
             "select c.id, c.code, g.campaign, c.usage_limit, c.used from coupons_code c join coupons_campaign g on g.program = c.program and g.id = c.campaign "
             "where c.program = :program and c.enrollment = :enrollment and c.id > :after order by c.id limit :most",
             arg("program", request.program()), arg("enrollment", *enrollment), arg("after", page.after), arg("most", page.limit + 1)))
        rows.emplace_back(json::object{{"id", core_.format_id(id, "cpn")}, {"code", code}, {"campaign", name}, {"usage_limit", most}, {"used", used}});
    answer_page(response, page, std::move(rows));
}

}  // namespace coupons

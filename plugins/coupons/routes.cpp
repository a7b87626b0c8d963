#include "routes.hpp"

#include <partnerd/json.hpp>
#include <partnerd/list.hpp>

#include <map>

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

// Codes as answers and lists show them: the partner by handle, which is asked for once however many codes it has.
class CodeWriter {
  public:
    CodeWriter(Tx& tx, partnerd::Core const& core, Id program)
        : tx_(tx),
          core_(core),
          currency_(core.field<std::string>(tx, "program", program, "currency")),
          exponent_(static_cast<int>(core.field<std::int64_t>(tx, "program", program, "exponent"))) {}

    json::object operator()(Code const& c, std::string_view campaign) {
        json::object object{{"id", core_.format_id(c.id, "cpn")}, {"code", c.code}, {"campaign", campaign}, {"usage_limit", c.usage_limit}, {"used", c.used}};
        if (c.enrollment != 0) object["partner"] = partner_of(c.enrollment);
        if (c.payout_minor >= 0)
            object["payout"] = {{"amount", partnerd::Money(c.payout_minor, currency_, exponent_).decimal()}, {"currency", currency_}};
        return object;
    }
    std::string const& partner_of(Id enrollment) {
        auto& handle = handles_[enrollment];
        if (handle.empty()) {
            auto const partner = core_.field<std::int64_t>(tx_, "enrollment", enrollment, "partner");
            handle = core_.field<std::string>(tx_, "partner", partner, "handle");
        }
        return handle;
    }

  private:
    Tx& tx_;
    partnerd::Core const& core_;
    std::string currency_;
    int exponent_;
    std::map<Id, std::string> handles_;
};

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

// What the body leaves out stays as it is; null puts back the default.
void Routes::put_campaign_route(Tx& tx, Request& request, Response& response) {
    Body body(request);
    auto const name = body.text("campaign", 64);
    auto c = find_campaign(tx, request.program(), name).value_or(Campaign());
    c.program = request.program();
    c.campaign = name;
    auto const type = body.optional_text("type", 64);
    auto const starts_day = read_day(body, "starts_on"), ends_day = read_day(body, "ends_on");
    auto const customer_limit = body.optional_integer("customer_limit", 0, 1'000'000);
    auto const discount = body.optional_object("discount", 2048);
    auto const keep = body.optional_boolean("keep").value_or(false);
    body.finish();
    if (keep && c.id != 0) return answer_upsert(response, Upsert::same, write_campaign(c));
    if (body.names("type")) c.type = type.value_or("");
    if (body.names("starts_on")) c.starts_day = starts_day;
    if (body.names("ends_on")) c.ends_day = ends_day;
    if (body.names("customer_limit")) c.customer_limit = customer_limit.value_or(Campaign().customer_limit);
    if (body.names("discount")) c.discount = discount.value_or(Campaign().discount);
    if (c.ends_day != 0 && c.ends_day < c.starts_day) refuse(422, "invalid_field", "the campaign ends before it starts", "/ends_on");
    auto const upsert = put_campaign(tx, core_, c);
    answer_upsert(response, upsert, write_campaign(c));
}

Id Routes::find_enrollment(Tx& tx, Id program, std::string const& partner) const {
    auto const enrollment = core_.find(tx, "enrollment", program, partner);
    if (!enrollment) refuse(422, "unknown_partner", "'" + partner + "' is not a partner of this program", "/partner");
    return *enrollment;
}

// As for campaigns: what is left out stays, null clears.
void Routes::put_code_route(Tx& tx, Request& request, Response& response) {
    Body body(request);
    auto const program = request.program();
    auto const text = body.text("code", 64);
    auto const campaign_name = body.text("campaign", 64);
    auto const partner = body.optional_text("partner", 64);
    auto const usage_limit = body.optional_integer("usage_limit", 0, 1'000'000'000'000);
    auto const currency = core_.field<std::string>(tx, "program", program, "currency");
    auto const exponent = static_cast<int>(core_.field<std::int64_t>(tx, "program", program, "exponent"));
    auto const payout = body.optional_money("payout", currency, exponent);
    auto const keep = body.optional_boolean("keep").value_or(false);
    body.finish();
    auto const campaign = find_campaign(tx, program, campaign_name);
    if (!campaign) refuse(422, "unknown_campaign", "there is no campaign '" + campaign_name + "' in this program; create it first", "/campaign");
    Code c;
    c.program = program;
    c.campaign = campaign->id;
    c.code = text;
    for (auto const& known : find_codes(tx, program, text))
        if (known.campaign == campaign->id) c = known;
    if (keep && c.id != 0) return answer_upsert(response, Upsert::same, CodeWriter(tx, core_, program)(c, campaign->campaign));
    if (body.names("usage_limit")) c.usage_limit = usage_limit.value_or(Code().usage_limit);
    if (body.names("payout")) c.payout_minor = payout ? payout->minor : Code().payout_minor;
    if (body.names("partner")) c.enrollment = partner ? find_enrollment(tx, program, *partner) : Code().enrollment;
    auto const upsert = put_code(tx, core_, c);
    answer_upsert(response, upsert, CodeWriter(tx, core_, program)(c, campaign->campaign));
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

std::string Routes::write_redemption(Tx& tx, Redemption const& r) const {
    json::object object{{"id", core_.format_id(r.id, "red")}, {"redemption_id", r.redemption_id}, {"code", r.code.code}, {"campaign", r.campaign}, {"state", r.state}, {"duplicate", r.duplicate}};
    if (!r.discount.empty()) object["discount"] = json::parse(r.discount);
    if (r.conversion != 0) object["conversion"] = core_.format_id(r.conversion, "cnv");
    if (!r.outcome) return json::serialize(object);
    if (!r.outcome->reason_code.empty()) object["reason"] = r.outcome->reason_code;
    json::array lines;
    for (auto const& line : r.outcome->lines)
        lines.emplace_back(json::object{{"id", core_.format_id(line.commission, "com")}, {"partner", core_.field<std::string>(tx, "partner", line.partner, "handle")}, {"state", line.state},
                                        {"amount", {{"amount", line.amount.decimal()}, {"currency", line.amount.unit}}}});
    object["commissions"] = std::move(lines);
    return json::serialize(object);
}

void Routes::redeem(Tx& tx, Request& request, Response& response) {
    auto const order = read_order(tx, request, true);
    try {
        auto const redemption = redemptions_.redeem(tx, order);
        response.status(redemption.duplicate ? 200 : 201).write(write_redemption(tx, redemption));
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
    response.write(write_redemption(tx, redemption));
}

void Routes::list_campaigns(Tx& tx, Request& request, Response& response) {
    partnerd::List list(core_, request, "cpg", {{"id"}, {"campaign"}, {"type"}, {"starts_on"}, {"ends_on"}, {"customer_limit"}, {"discount"}});
    for (auto const& [id, name, type, starts_day, ends_day, customer_limit, discount] :
         tx.query<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::string>(
             "select id, campaign, type, starts_day, ends_day, customer_limit, discount from coupons_campaign "
             "where program = :program and id > :after order by id limit :most",
             arg("program", request.program()), arg("after", list.after()), arg("most", list.most()))) {
        json::object object{{"id", core_.format_id(id, "cpg")}};
        for (auto& member : write_campaign({id, request.program(), name, type, starts_day, ends_day, customer_limit, discount}))
            object[member.key()] = member.value();
        list.add(std::move(object));
    }
    list.answer(response);
}

namespace {

constexpr char const* select_codes =
    "select c.id, c.code, g.campaign, c.enrollment, c.usage_limit, c.used, c.payout_minor from coupons_code c "
    "join coupons_campaign g on g.program = c.program and g.id = c.campaign where c.program = :program and c.id > :after ";

template <class... Args>
void answer_codes(Tx& tx, CodeWriter writer, partnerd::List& list, Response& response, std::string const& condition, Args const&... args) {
    for (auto const& [id, code, campaign, enrollment, usage_limit, used, payout_minor] :
         tx.query<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
             select_codes + condition + " order by c.id limit :most", args..., arg("after", list.after()), arg("most", list.most())))
        list.add(writer({id, 0, 0, code, enrollment, usage_limit, used, payout_minor}, campaign));
    list.answer(response);
}

}  // namespace

void Routes::list_codes(Tx& tx, Request& request, Response& response) {
    partnerd::List list(core_, request, "cpn",
                        {{"id"}, {"code"}, {"campaign"}, {"usage_limit"}, {"used"}, {"partner"}, {"payout", partnerd::ListColumn::money}},
                        {"campaign"});
    answer_codes(tx, CodeWriter(tx, core_, request.program()), list, response, "and (:campaign = '' or g.campaign = :campaign)",
                 arg("program", request.program()), arg("campaign", request.param("campaign").value_or("")));
}

void Routes::list_redemptions(Tx& tx, Request& request, Response& response) {
    partnerd::List list(core_, request, "red",
                        {{"id"}, {"redemption_id"}, {"code"}, {"partner"}, {"customer"}, {"order_id"}, {"state"}, {"conversion"}});
    CodeWriter writer(tx, core_, request.program());
    for (auto const& [id, redemption_id, code, enrollment, customer, order_id, state, conversion] :
         tx.query<std::int64_t, std::string, std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>(
             "select r.id, r.redemption_id, c.code, c.enrollment, r.customer, r.order_id, r.state, r.conversion from coupons_redemption r "
             "join coupons_code c on c.program = r.program and c.id = r.code "
             "where r.program = :program and r.id > :after order by r.id limit :most",
             arg("program", request.program()), arg("after", list.after()), arg("most", list.most()))) {
        json::object object{{"id", core_.format_id(id, "red")}, {"redemption_id", redemption_id}, {"code", code},
                            {"customer", customer},             {"order_id", order_id},           {"state", state}};
        if (enrollment != 0) object["partner"] = writer.partner_of(enrollment);
        if (conversion != 0) object["conversion"] = core_.format_id(conversion, "cnv");
        list.add(std::move(object));
    }
    list.answer(response);
}

void Routes::list_own_codes(Tx& tx, Request& request, Response& response) {
    auto const partner = core_.format_id(request.principal().id, "ptn");
    auto const enrollment = core_.find(tx, "enrollment", request.program(), partner);
    if (!enrollment) refuse(404, "not_found", "there is nothing here");
    partnerd::List list(core_, request, "cpn",
                        {{"id"}, {"code"}, {"campaign"}, {"usage_limit"}, {"used"}, {"partner"}, {"payout", partnerd::ListColumn::money}});
    answer_codes(tx, CodeWriter(tx, core_, request.program()), list, response, "and c.enrollment = :enrollment",
                 arg("program", request.program()), arg("enrollment", *enrollment));
}

}  // namespace coupons

#include "redemption.hpp"

namespace coupons {

using partnerd::arg;
using partnerd::refuse;

namespace {

[[noreturn]] void refuse_code(std::string const& reason, std::string const& code) {
    if (reason == "unknown_code") refuse(422, reason, "there is no code '" + code + "' in this program, or not in that campaign", "/code");
    if (reason == "ambiguous_code") refuse(409, reason, "the code runs in several campaigns that day; name the campaign", "/campaign");
    if (reason == "not_started") refuse(409, reason, "the campaign of this code has not begun", "/code");
    refuse(409, reason, "the campaign of this code is over", "/code");
}

[[noreturn]] void refuse_customer(Campaign const& campaign) {
    if (campaign.customer_limit == 1) refuse(409, "already_redeemed", "this customer has redeemed the code already", "/customer");
    refuse(409, "customer_limit_reached", "this customer has redeemed the code " + std::to_string(campaign.customer_limit) + " times", "/customer");
}

[[noreturn]] void refuse_limit(Code const& code) {
    refuse(409, "limit_reached", "the code has been redeemed " + std::to_string(code.usage_limit) + " times, as often as it may be", "/code");
}

// What must be the same for a repeat to be a repeat.
std::string content_of(RedeemOrder const& o) { return code_key(o.code) + "\n" + o.campaign.value_or("") + "\n" + o.customer + "\n" + o.order_id; }

std::int64_t uses_of(Tx& tx, Id code, std::string const& customer) {
    return tx.value<std::int64_t>("select used from coupons_customer where code = :code and customer = :customer", arg("code", code), arg("customer", customer)).value_or(0);
}

// False when the customer has as many uses as the campaign allows, 0: any number.
bool take_use_of(Tx& tx, Id code, std::string const& customer, std::int64_t most) {
    return tx.exec("insert into coupons_customer (code, customer, used) values (:code, :customer, 1) "
                   "on conflict (code, customer) do update set used = coupons_customer.used + 1 where coupons_customer.used < :most",
                   arg("code", code), arg("customer", customer), arg("most", most == 0 ? INT64_MAX : most)) == 1;
}

thread_local UnderWay const* redemption_under_way = nullptr;

// While the core makes a conversion of a redemption, it asks this plugin whose it is.
class Under {
  public:
    explicit Under(UnderWay const& redemption) { redemption_under_way = &redemption; }
    ~Under() { redemption_under_way = nullptr; }
    Under(Under const&) = delete;
    Under& operator=(Under const&) = delete;
};

}  // namespace

UnderWay const* under_way(Id program, std::string_view redemption_id) {
    auto const* const redemption = redemption_under_way;
    return redemption != nullptr && redemption->program == program && redemption->redemption_id == redemption_id ? redemption : nullptr;
}

std::optional<Redemption> Redemptions::find(Tx& tx, Id program, std::string_view redemption_id) const {
    auto const row = tx.row<std::int64_t, std::int64_t, std::string, std::string, std::int64_t, std::string, std::int64_t>(
        "select id, code, customer, order_id, at_us, state, conversion from coupons_redemption where program = :program and redemption_id = :id", arg("program", program),
        arg("id", redemption_id));
    if (!row) return std::nullopt;
    Redemption r;
    std::int64_t code = 0;
    std::tie(r.id, code, r.customer, r.order_id, r.at_us, r.state, r.conversion) = *row;
    r.redemption_id = redemption_id;
    if (auto const found = find_code(tx, program, code)) {
        r.code = *found;
        if (auto const campaign = find_campaign(tx, program, found->campaign)) r.campaign = campaign->campaign, r.discount = campaign->discount;
    }
    return r;
}

std::string Redemptions::would_refuse(Tx& tx, RedeemOrder const& o, Choice& choice) const {
    choice = choose_code(tx, o.program, o.code, o.campaign, o.day);
    if (!choice.code) return choice.reason;
    auto const& code = *choice.code;
    if (code.usage_limit != 0 && code.used >= code.usage_limit) return "limit_reached";
    auto const most = choice.campaign.customer_limit;
    if (most == 0) return {};
    if (o.customer.empty()) return "customer_required";
    if (uses_of(tx, code.id, o.customer) >= most) return most == 1 ? "already_redeemed" : "customer_limit_reached";
    return {};
}

// Both counters move only while they are below their limit; whoever comes too late changes no row. What is used up is refused before
// anything is written: refusing later rolls back more than this redemption.
void Redemptions::take_use(Tx& tx, Choice const& choice, std::string const& customer) const {
    auto const& code = *choice.code;
    auto const most = choice.campaign.customer_limit;
    if (most != 0 && customer.empty()) refuse(422, "customer_required", "the campaign limits redemptions by customer; name the customer", "/customer");
    bool const used_up = code.usage_limit != 0 && code.used >= code.usage_limit;
    if (used_up && most != 0 && uses_of(tx, code.id, customer) >= most) refuse_customer(choice.campaign);
    if (used_up) refuse_limit(code);
    if (!customer.empty() && !take_use_of(tx, code.id, customer, most)) refuse_customer(choice.campaign);
    auto const taken = tx.exec("update coupons_code set used = used + 1 where program = :program and id = :id and (usage_limit = 0 or used < usage_limit)",
                               arg("program", code.program), arg("id", code.id));
    if (taken == 0) refuse_limit(code);
}

Redemption Redemptions::redeem(Tx& tx, RedeemOrder const& o) const {
    auto const content = content_of(o);
    if (auto earlier = find(tx, o.program, o.redemption_id)) {
        auto const stored = tx.value<std::string>("select content from coupons_redemption where program = :program and id = :id", arg("program", o.program), arg("id", earlier->id));
        if (stored != content) refuse(409, "redemption_differs", "this redemption id was used with other content", "/redemption_id");
        earlier->duplicate = true;
        return *earlier;
    }
    auto const choice = choose_code(tx, o.program, o.code, o.campaign, o.day);
    if (!choice.code) refuse_code(choice.reason, o.code);
    if (!o.test) take_use(tx, choice, o.customer);
    Redemption r{core_.mint(), o.redemption_id, *choice.code, choice.campaign.campaign, choice.campaign.discount, o.customer, o.order_id, "redeemed", o.at_us, 0, false, std::nullopt};
    if (o.test) return r;
    // With an order, the redemption is evidence for that sale; without one it is a conversion of its own.
    if (o.order_id.empty()) {
        earn(tx, o, r);
    } else {
        tx.exec("insert into coupons_order (program, order_id, redemption) values (:program, :order_id, :redemption)", arg("program", o.program), arg("order_id", o.order_id),
                arg("redemption", r.id));
    }
    tx.exec("insert into coupons_redemption (id, program, redemption_id, code, customer, order_id, at_us, state, conversion, content) "
            "values (:id, :program, :redemption_id, :code, :customer, :order_id, :at, 'redeemed', :conversion, :content)",
            arg("id", r.id), arg("program", o.program), arg("redemption_id", o.redemption_id), arg("code", r.code.id), arg("customer", o.customer), arg("order_id", o.order_id),
            arg("at", o.at_us), arg("conversion", r.conversion), arg("content", content));
    return r;
}

void Redemptions::earn(Tx& tx, RedeemOrder const& o, Redemption& r) const {
    partnerd::Conversion conversion;
    conversion.program = o.program;
    conversion.kind = "redemption";
    conversion.external_id = o.redemption_id;
    conversion.customer = o.customer;
    conversion.code = r.code.code;
    conversion.at_us = o.at_us;
    UnderWay const redemption{o.program, o.redemption_id, r.code, o.at_us};
    Under const under(redemption);
    r.outcome = tracking_.convert(tx, conversion);
    r.conversion = r.outcome->conversion;
}

Id Redemptions::verify_counters(Tx& tx, Id program, Id after, partnerd::Findings& findings) {
    constexpr int step = 1000;
    Id last = 0;
    int codes = 0;
    // More uses than usage_limit are no fault: the limit may be lowered, and uses already taken stay.
    for (auto const& [id, code, used, redeemed, by_customers] : tx.query<std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t>(
             "select c.id, c.code, c.used, "
             "(select count(*) from coupons_redemption r where r.program = c.program and r.code = c.id and r.state = 'redeemed'), "
             "(select cast(coalesce(sum(u.used), 0) as bigint) from coupons_customer u where u.code = c.id) "
             "from coupons_code c where c.program = :program and c.id > :after order by c.id limit :most",
             arg("program", program), arg("after", after), arg("most", step))) {
        last = id;
        ++codes;
        findings.checked();
        if (used != redeemed) findings.wrong("code " + code + " counts " + std::to_string(used) + " uses and has " + std::to_string(redeemed) + " redemptions");
        if (by_customers > used) findings.wrong("code " + code + " counts " + std::to_string(by_customers) + " uses by customers and " + std::to_string(used) + " in all");
    }
    return codes == step ? last : 0;
}

Redemption Redemptions::roll_back(Tx& tx, Id program, std::string_view redemption_id, std::string const& reason) const {
    auto r = find(tx, program, redemption_id);
    if (!r) refuse(404, "not_found", "there is no such redemption in this program");
    if (r->state == "rolled_back") {
        r->duplicate = true;
        return *r;
    }
    tx.exec("update coupons_redemption set state = 'rolled_back' where program = :program and id = :id", arg("program", program), arg("id", r->id));
    tx.exec("update coupons_code set used = used - 1 where program = :program and id = :id and used > 0", arg("program", program), arg("id", r->code.id));
    if (!r->customer.empty())
        tx.exec("update coupons_customer set used = used - 1 where code = :code and customer = :customer and used > 0", arg("code", r->code.id), arg("customer", r->customer));
    if (!r->order_id.empty())
        tx.exec("delete from coupons_order where program = :program and order_id = :order_id and redemption = :redemption", arg("program", program), arg("order_id", r->order_id),
                arg("redemption", r->id));
    if (r->conversion != 0) {
        partnerd::Adjustment adjustment;
        adjustment.type = partnerd::AdjustmentType::set_status;
        adjustment.adjustment_id = "rollback";
        adjustment.new_status = "declined";
        adjustment.reason = reason.empty() ? "rolled back" : reason;
        r->outcome = tracking_.adjust(tx, program, "redemption", redemption_id, adjustment);
    }
    r->state = "rolled_back";
    return *r;
}

}  // namespace coupons

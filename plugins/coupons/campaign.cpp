#include "campaign.hpp"

namespace coupons {

using partnerd::arg;

namespace {

std::optional<Campaign> first(Tx& tx, std::string const& where, Id program, partnerd::Arg const& key) {
    auto const row = tx.row<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::string>(
        "select id, campaign, type, starts_day, ends_day, customer_limit, discount from coupons_campaign where program = :program and " + where, arg("program", program), key);
    if (!row) return std::nullopt;
    Campaign c;
    c.program = program;
    std::tie(c.id, c.campaign, c.type, c.starts_day, c.ends_day, c.customer_limit, c.discount) = *row;
    return c;
}

}  // namespace

std::optional<Campaign> find_campaign(Tx& tx, Id program, std::string_view campaign) { return first(tx, "campaign = :key", program, arg("key", campaign)); }
std::optional<Campaign> find_campaign(Tx& tx, Id program, Id campaign) { return first(tx, "id = :key", program, arg("key", campaign)); }

Upsert put_campaign(Tx& tx, partnerd::Core const& core, Campaign& c) {
    if (auto const known = find_campaign(tx, c.program, c.campaign)) {
        c.id = known->id;
        if (*known == c) return Upsert::same;
        tx.exec("update coupons_campaign set type = :type, starts_day = :starts, ends_day = :ends, customer_limit = :most, discount = :discount where program = :program and id = :id",
                arg("type", c.type), arg("starts", c.starts_day), arg("ends", c.ends_day), arg("most", c.customer_limit), arg("discount", c.discount), arg("program", c.program),
                arg("id", c.id));
        return Upsert::changed;
    }
    c.id = core.mint();
    tx.exec("insert into coupons_campaign (id, program, campaign, type, starts_day, ends_day, customer_limit, discount, created_at_us) "
            "values (:id, :program, :campaign, :type, :starts, :ends, :most, :discount, :now)",
            arg("id", c.id), arg("program", c.program), arg("campaign", c.campaign), arg("type", c.type), arg("starts", c.starts_day), arg("ends", c.ends_day),
            arg("most", c.customer_limit), arg("discount", c.discount), arg("now", core.now_us()));
    return Upsert::created;
}

}  // namespace coupons

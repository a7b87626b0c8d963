// tiers@1: a rate or an amount by the size of the order. The whole order is in one tier; with marginal = true each part of it
// is paid at the rate of its own tier, with one rounding for the sum. An order below the first tier is paid 0.
#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <vector>

#include "rules/builtin.hpp"
#include "rules/item_match.hpp"
#include "rules/json_read.hpp"
#include "rules/share.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr std::size_t max_tiers = 64;

constexpr char schema[] = R"({"type":"object","additionalProperties":false,"required":["tiers"],"properties":{
"tiers":{"type":"array","minItems":1,"maxItems":64,"description":"with ascending 'from'","items":{"type":"object",
"additionalProperties":false,"required":["from"],"properties":{
"from":{"type":"string","description":"the order amount at which this tier begins"},
"rate":{"type":"string"},"amount":{"type":"string"}},"oneOf":[{"required":["rate"]},{"required":["amount"]}]}},
"marginal":{"type":"boolean","description":"each part of the order at the rate of its own tier; default false"}}})";

struct Tier {
    Money from;
    std::optional<Rate> rate;  // or else amount
    Money amount;
};

class Tiers final : public CompiledRule {
  public:
    Tiers(std::vector<Tier> tiers, bool marginal) : tiers_(std::move(tiers)), marginal_(marginal) {}

    void evaluate(FactSet const& facts, Decision& decision) const override {
        Money const base = order_base(facts);
        auto const pays = marginal_ ? by_parts(base, decision) : by_whole(base, decision);
        decision.outcome(Verdict::pay);
        decision.line(commission_key, 0, commission_key, Money{pays, base.currency});
    }

  private:
    std::int64_t by_whole(Money base, Decision& decision) const {
        auto const above = std::find_if(tiers_.begin(), tiers_.end(), [&](Tier const& tier) { return tier.from.minor > base.minor; });
        if (above == tiers_.begin()) {
            decision.because("below_first_tier", format_money(base) + " is below the first tier", {{"from", format_money(above->from)}});
            return 0;
        }
        auto const& tier = *std::prev(above);
        auto const gives = tier.rate ? format_rate(*tier.rate) : format_money(tier.amount);
        decision.because("tier", format_money(base) + " is in the tier from " + format_money(tier.from) + ": " + gives,
                         {{"from", format_money(tier.from)}, {"gives", gives}});
        return tier.rate ? share_of(*tier.rate, base.minor) : tier.amount.minor;
    }

    std::int64_t by_parts(Money base, Decision& decision) const {
        __int128 parts = 0;
        for (std::size_t i = 0; i < tiers_.size() && tiers_[i].from.minor < base.minor; ++i) {
            auto const end = i + 1 < tiers_.size() ? std::min(base.minor, tiers_[i + 1].from.minor) : base.minor;
            Money const part{end - tiers_[i].from.minor, base.currency};
            auto const rate = format_rate(*tiers_[i].rate);
            decision.because("tier_part", rate + " of the " + format_money(part) + " from " + format_money(tiers_[i].from),
                             {{"from", format_money(tiers_[i].from)}, {"of", format_money(part)}, {"rate", rate}});
            parts += static_cast<__int128>(part.minor) * tiers_[i].rate->ppm;
        }
        return rounded_share(parts);
    }

    std::vector<Tier> const tiers_;  // not empty, ascending
    bool const marginal_;
};

Result<Tier> read_tier(json::value const& value, Currency const& payout, bool marginal, std::string const& pointer) {
    if (!value.is_object()) return Error(errc::invalid_field, "a tier is an object with from and rate or amount", pointer);
    auto const& object = value.get_object();
    if (auto known = only_members(object, {"from", "rate", "amount"}, pointer); !known) return known.error();
    auto written = required_member(object, "from", pointer);
    if (!written) return written.error();
    auto from = read_money(**written, payout, pointer_to(pointer, "from"));
    if (!from) return from.error();
    auto const* rate = object.if_contains("rate");
    auto const* amount = object.if_contains("amount");
    if (rate == nullptr && amount == nullptr)
        return Error(errc::missing_field, "either 'rate' or 'amount' is required", pointer_to(pointer, "rate"));
    if (amount != nullptr && (rate != nullptr || marginal))
        return Error(errc::invalid_field, rate != nullptr ? "'rate' and 'amount' exclude each other" : "marginal tiers have rates only",
                     pointer_to(pointer, "amount"));
    if (amount != nullptr) {
        auto money = read_money(*amount, payout, pointer_to(pointer, "amount"));
        if (!money) return money.error();
        return Tier{*from, {}, *money};
    }
    auto share = read_rate(*rate, pointer_to(pointer, "rate"));
    if (!share) return share.error();
    return Tier{*from, *share, {}};
}

Result<std::vector<Tier>> read_tiers(json::value const& value, Currency const& payout, bool marginal) {
    if (!value.is_array() || value.get_array().empty() || value.get_array().size() > max_tiers)
        return Error(errc::invalid_field, "this must be an array of 1 to 64 tiers", "/tiers");
    std::vector<Tier> tiers;
    for (auto const& part : value.get_array()) {
        auto const pointer = pointer_to("/tiers", tiers.size());
        auto tier = read_tier(part, payout, marginal, pointer);
        if (!tier) return tier.error();
        if (!tiers.empty() && tier->from.minor <= tiers.back().from.minor)
            return Error(errc::invalid_field, "each tier begins above the one before it", pointer_to(pointer, "from"));
        tiers.push_back(*tier);
    }
    return tiers;
}

class TiersRule final : public Rule {
  public:
    std::string_view id() const override { return "tiers"; }
    int version() const override { return 1; }
    std::span<FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return schema; }

    Result<std::shared_ptr<CompiledRule const>> compile(json::object const& params, Currency const& payout) const override {
        if (auto known = only_members(params, {"tiers", "marginal"}, ""); !known) return known.error();
        auto written = required_member(params, "tiers", "");
        if (!written) return written.error();
        auto const* flag = params.if_contains("marginal");
        auto marginal = flag == nullptr ? Result<bool>(false) : read_flag(*flag, "/marginal");
        if (!marginal) return marginal.error();
        auto tiers = read_tiers(**written, payout, *marginal);
        if (!tiers) return tiers.error();
        return std::make_shared<Tiers const>(std::move(*tiers), *marginal);
    }

  private:
    std::vector<FactDeclaration> const facts_ = order_facts();
};

}  // namespace

std::shared_ptr<Rule const> make_tiers() { return std::make_shared<TiersRule const>(); }

}  // namespace partnerd::rules

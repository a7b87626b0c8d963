// percent@1: a share of the order, or of the items that match; not below min, not above max.
#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "rules/builtin.hpp"
#include "rules/item_match.hpp"
#include "rules/json_read.hpp"
#include "rules/share.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr char schema[] = R"({"type":"object","additionalProperties":false,"required":["rate"],"properties":{
"rate":{"type":"string","description":"a percentage with at most four decimals, such as \"12.5%\""},
"min":{"type":"string","description":"at least this, once anything of the order or of its matching items is left"},
"max":{"type":"string","description":"at most this"},
"categories":{"type":"array","items":{"type":"string"},"description":"only items of these categories"},
"skus":{"type":"array","items":{"type":"string"},"description":"only these items"}}})";

struct Params {
    Rate rate;
    std::optional<Money> min, max;
    ItemMatch match;
};

class Percent final : public CompiledRule {
  public:
    explicit Percent(Params params) : params_(std::move(params)) {}

    void evaluate(FactSet const& facts, Decision& decision) const override {
        Money const base = order_base(facts);
        auto const of = Money{params_.match.everything() ? base.minor : matching_amount(facts), base.currency};
        auto pays = Money{of.minor > 0 ? share_of(params_.rate, of.minor) : 0, base.currency};
        decision.because("percent", format_rate(params_.rate) + " of " + format_money(of) + " is " + format_money(pays),
                         {{"rate", format_rate(params_.rate)}, {"of", format_money(of)}, {"is", format_money(pays)}});
        if (of.minor > 0) bound(pays, decision);
        decision.outcome(Verdict::pay);
        decision.line(commission_key, 0, commission_key, pays);
    }

  private:
    std::int64_t matching_amount(FactSet const& facts) const {
        std::int64_t total = 0;
        for (auto const& item : params_.match.matching(facts)) total = sum(total, item.amount.minor);
        return total;
    }

    void bound(Money& pays, Decision& decision) const {
        if (params_.min && pays.minor < params_.min->minor) {
            pays = *params_.min;
            decision.because("minimum", "raised to the minimum of " + format_money(pays), {{"min", format_money(pays)}});
        }
        if (params_.max && pays.minor > params_.max->minor) {
            pays = *params_.max;
            decision.because("maximum", "cut to the maximum of " + format_money(pays), {{"max", format_money(pays)}});
        }
    }

    Params const params_;
};

Status read_bound(json::object const& params, std::string_view name, Currency const& payout, std::optional<Money>& out) {
    auto const* value = params.if_contains(name);
    if (value == nullptr) return {};
    auto money = read_money(*value, payout, pointer_to("", name));
    if (!money) return money.error();
    out = *money;
    return {};
}

class PercentRule final : public Rule {
  public:
    std::string_view id() const override { return "percent"; }
    int version() const override { return 1; }
    std::span<FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return schema; }

    Result<std::shared_ptr<CompiledRule const>> compile(json::object const& params, Currency const& payout) const override {
        if (auto known = only_members(params, {"rate", "min", "max", "categories", "skus"}, ""); !known) return known.error();
        auto written = required_member(params, "rate", "");
        if (!written) return written.error();
        auto rate = read_rate(**written, "/rate");
        if (!rate) return rate.error();
        auto match = ItemMatch::read(params);
        if (!match) return match.error();
        Params read{*rate, {}, {}, std::move(*match)};
        if (auto status = read_bound(params, "min", payout, read.min); !status) return status.error();
        if (auto status = read_bound(params, "max", payout, read.max); !status) return status.error();
        if (read.min && read.max && read.min->minor > read.max->minor) return Error(errc::invalid_field, "min is above max", "/min");
        return std::make_shared<Percent const>(std::move(read));
    }

  private:
    std::vector<FactDeclaration> const facts_ = order_and_item_facts();
};

}  // namespace

std::shared_ptr<Rule const> make_percent() { return std::make_shared<PercentRule const>(); }

}  // namespace partnerd::rules

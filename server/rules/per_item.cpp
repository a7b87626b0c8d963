// per_item@1: an amount for each unit, or a share of the amount, of the items that match. One rounding, for the whole.
#include <boost/json.hpp>
#include <optional>

#include "rules/builtin.hpp"
#include "rules/item_match.hpp"
#include "rules/json_read.hpp"
#include "rules/share.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr char schema[] = R"({"type":"object","additionalProperties":false,"properties":{
"amount":{"type":"string","description":"for each unit, in the payout currency; either this or rate"},
"rate":{"type":"string","description":"of the items' amounts; either this or amount"},
"categories":{"type":"array","items":{"type":"string"},"description":"only items of these categories"},
"skus":{"type":"array","items":{"type":"string"},"description":"only these items"}},
"oneOf":[{"required":["amount"]},{"required":["rate"]}]})";

struct Params {
    std::optional<Money> amount;
    std::optional<Rate> rate;
    ItemMatch match;
};

class PerItem final : public CompiledRule {
  public:
    explicit PerItem(Params params) : params_(std::move(params)) {}

    void evaluate(FactSet const& facts, Decision& decision) const override {
        std::int64_t units = 0, minor = 0;
        for (auto const& item : params_.match.matching(facts)) {
            units = sum(units, item.quantity);
            minor = sum(minor, item.amount.minor);
        }
        auto const currency = order_base(facts).currency;
        auto const pays = params_.amount ? by_unit(units, decision) : by_amount(Money{minor, currency}, decision);
        decision.outcome(Verdict::pay);
        decision.line(commission_key, 0, commission_key, Money{pays, currency});
    }

  private:
    std::int64_t by_unit(std::int64_t units, Decision& decision) const {
        auto const each = format_money(*params_.amount);
        decision.because("per_unit", std::to_string(units) + " units at " + each, {{"units", std::to_string(units)}, {"each", each}});
        return units > 0 ? times(params_.amount->minor, units) : 0;
    }

    std::int64_t by_amount(Money of, Decision& decision) const {
        auto const rate = format_rate(*params_.rate);
        decision.because("per_item_rate", rate + " of items for " + format_money(of), {{"rate", rate}, {"of", format_money(of)}});
        return of.minor > 0 ? share_of(*params_.rate, of.minor) : 0;
    }

    Params const params_;
};

class PerItemRule final : public Rule {
  public:
    std::string_view id() const override { return "per_item"; }
    int version() const override { return 1; }
    std::span<FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return schema; }

    Result<std::shared_ptr<CompiledRule const>> compile(json::object const& params, Currency const& payout) const override {
        if (auto known = only_members(params, {"amount", "rate", "categories", "skus"}, ""); !known) return known.error();
        auto const* amount = params.if_contains("amount");
        auto const* rate = params.if_contains("rate");
        if (amount == nullptr && rate == nullptr) return Error(errc::missing_field, "either 'amount' or 'rate' is required", "/amount");
        if (amount != nullptr && rate != nullptr) return Error(errc::invalid_field, "'amount' and 'rate' exclude each other", "/rate");
        auto match = ItemMatch::read(params);
        if (!match) return match.error();
        Params read{{}, {}, std::move(*match)};
        if (auto status =
                amount != nullptr ? take(read_money(*amount, payout, "/amount"), read.amount) : take(read_rate(*rate, "/rate"), read.rate);
            !status)
            return status.error();
        return std::make_shared<PerItem const>(std::move(read));
    }

  private:
    template <class T>
    static Status take(Result<T> result, std::optional<T>& out) {
        if (!result) return std::move(result).error();
        out = *result;
        return {};
    }

    std::vector<FactDeclaration> const facts_ = order_and_item_facts();
};

}  // namespace

std::shared_ptr<Rule const> make_per_item() { return std::make_shared<PerItemRule const>(); }

}  // namespace partnerd::rules

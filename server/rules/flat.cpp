// flat@1: the same amount for every conversion, until nothing of it is left.
#include <boost/json.hpp>

#include "rules/builtin.hpp"
#include "rules/json_read.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr char schema[] = R"({"type":"object","additionalProperties":false,"required":["amount"],"properties":{
"amount":{"type":"string","description":"in the payout currency, such as \"5.00\""}}})";

class Flat final : public CompiledRule {
  public:
    explicit Flat(Money amount) : amount_(amount) {}

    void evaluate(FactSet const&, Decision& decision) const override {
        decision.because("flat", format_money(amount_) + " for each conversion", {{"amount", format_money(amount_)}});
        decision.outcome(Verdict::pay);
        decision.line(commission_key, 0, commission_key, amount_);
    }

  private:
    Money const amount_;
};

class FlatRule final : public Rule {
  public:
    std::string_view id() const override { return "flat"; }
    int version() const override { return 1; }
    std::span<FactDeclaration const> facts() const override { return {}; }
    std::string_view params_schema() const override { return schema; }

    Result<std::shared_ptr<CompiledRule const>> compile(json::object const& params, Currency const& payout) const override {
        if (auto known = only_members(params, {"amount"}, ""); !known) return known.error();
        auto written = required_member(params, "amount", "");
        if (!written) return written.error();
        auto amount = read_money(**written, payout, "/amount");
        if (!amount) return amount.error();
        return std::make_shared<Flat const>(*amount);
    }
};

}  // namespace

std::shared_ptr<Rule const> make_flat() { return std::make_shared<FlatRule const>(); }

}  // namespace partnerd::rules

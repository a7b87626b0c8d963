#include "api/terms_body.hpp"

#include <boost/json.hpp>

namespace partnerd::api {

namespace {
constexpr std::string_view days_schema = R"({"type":"integer","minimum":0,"maximum":3650})";
// The names and what programs::read_settings() takes under them.
constexpr std::pair<std::string_view, std::string_view> settings[] = {
    {"hold_days", days_schema},
    {"window_days", days_schema},
    {"binding_days", days_schema},
    {"notice_days", days_schema},
    {"minimum_payout", R"({"type":"string","pattern":"^[0-9]+([.][0-9]+)?$"})"},
    {"precedence", R"({"type":"array","minItems":1,"maxItems":16,"items":{"type":"string"}})"},
    {"model", R"({"type":"string","enum":["last"]})"}};
constexpr std::string_view rules_schema =
    R"({"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"required":["name","rule"],"properties":{
        "name":{"type":"string"},"rule":{"type":"string"},"on":{"type":["string","array"],"items":{"type":"string"}},
        "lane":{"type":"string"},"when":{"type":"object"},"minimum_on":{"type":"string","enum":["original","rest"]},
        "params":{"type":"object"}}}})";
constexpr std::size_t json_bytes_max = 16 * 1024, plan_bytes_max = 64 * 1024;
}  // namespace

TermsWish read_terms(routing::BodyReader& in) {
    TermsWish wish;
    boost::json::object named;
    for (auto const& [name, schema] : settings)
        if (auto const value = in.json(name, json_bytes_max, schema); !value.empty()) named[name] = boost::json::parse(value);
    wish.settings = boost::json::serialize(named);
    wish.text = in.optional_text("text", {.max = 100'000, .min = 0, .lines = true}).value_or("");
    wish.effective_at_us = in.optional_instant("effective_at");
    in.require("rules", "terms need at least one rule");
    auto const rules = in.json("rules", plan_bytes_max, rules_schema);
    wish.plan = R"({"rules":)" + (rules.empty() ? std::string("[]") : rules) + "}";
    return wish;
}

Error placed(Error error, std::string_view at) {
    constexpr std::string_view plan = "/plan";
    if (error.field.starts_with(plan)) error.field.erase(0, plan.size());
    error.field.insert(0, at);
    return error;
}

Result<programs::Terms> add_wished_terms(storage::Tx& tx, programs::Kernel const& kernel, programs::Program const& program,
                                         TermsWish const& wish) {
    auto const read = programs::read_settings(wish.settings, program.currency);
    if (!read) return read.error();
    return programs::add_terms(tx, kernel, program, *read, wish.plan, wish.text, wish.effective_at_us.value_or(0));
}

}  // namespace partnerd::api

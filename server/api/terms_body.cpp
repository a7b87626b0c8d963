#include "api/terms_body.hpp"

#include <boost/json.hpp>

namespace partnerd::api {

namespace {
constexpr std::string_view settings[] = {"hold_days",      "window_days", "binding_days", "notice_days",
                                         "minimum_payout", "precedence",  "model"};
constexpr std::size_t plan_bytes_max = 64 * 1024;
}  // namespace

TermsWish read_terms(routing::BodyReader& in) {
    TermsWish wish;
    boost::json::object named;
    for (auto const name : settings)
        if (auto const value = in.json(name); !value.empty()) named[name] = boost::json::parse(value);
    wish.settings = boost::json::serialize(named);
    wish.text = in.optional_text("text", {.max = 100'000, .min = 0, .lines = true}).value_or("");
    wish.effective_at_us = in.optional_instant("effective_at");
    wish.version = in.optional_integer("version", 1, 1'000'000);
    auto const rules = in.json("rules", plan_bytes_max);
    if (rules.empty()) in.refuse("rules", errc::missing_field, "terms need at least one rule");
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

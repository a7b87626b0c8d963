#include "rules/decision.hpp"

#include <algorithm>

namespace partnerd::rules {

std::string_view verdict_name(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::pass: return "pass";
        case Verdict::pay: return "pay";
        case Verdict::review: return "review";
        case Verdict::decline: return "decline";
    }
    return "unknown";
}

void Decision::outcome(Verdict verdict, std::string reason_code) {
    verdict_ = verdict;
    reason_code_ = std::move(reason_code);
}

void Decision::line(std::string key, Id payee, std::string kind, Money amount) {
    auto const used = [&](Line const& line) { return line.key == key; };
    if (key.empty() || std::any_of(lines_.begin(), lines_.end(), used))
        throw Refused(Error(errc::plugin_failed, "a rule gave two lines with the key '" + key + "'"));
    if (amount.minor < 0) throw Refused(Error(errc::plugin_failed, "a rule gave a negative amount: " + format_money(amount)));
    if (amount.minor > amount_minor_max)
        throw Refused(Error(errc::amount_overflow, "a rule pays more than a line may be worth: " + format_money(amount)));
    lines_.push_back({std::move(key), payee, std::move(kind), amount});
}

void Decision::because(std::string code, std::string text, std::vector<std::pair<std::string, std::string>> values) {
    reasons_.push_back({std::move(code), std::move(text), std::move(values)});
}

}  // namespace partnerd::rules

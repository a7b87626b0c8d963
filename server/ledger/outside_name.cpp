#include "ledger/outside_name.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "domain/id.hpp"

namespace partnerd::ledger {

namespace {

struct Named {
    std::string_view word, prefix;
};
constexpr Named all_named[] = {{"partner", "ptn"}, {"accrue", "com"}, {"release", "com"}, {"change", "chg"}};

// "<word>:<id>" or "<word>:<id>:<rest>" with the id exchanged; empty: it stays.
std::string exchanged(std::string_view text, std::function<std::string(std::string_view prefix, std::string_view id)> const& exchange) {
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return std::string(text);
    auto const end = std::min(text.find(':', colon + 1), text.size());
    for (auto const& [word, prefix] : all_named) {
        if (text.substr(0, colon) != word) continue;
        auto const id = exchange(prefix, text.substr(colon + 1, end - colon - 1));
        if (!id.empty()) return std::string(word) + ":" + id + std::string(text.substr(end));
    }
    return std::string(text);
}

}  // namespace

std::string outside_name(std::string_view stored) {
    return exchanged(stored, [](std::string_view prefix, std::string_view digits) {
        Id id = 0;
        auto const [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
        return failed == std::errc() && end == digits.data() + digits.size() && id > 0 ? format_id(prefix, id) : std::string();
    });
}

std::string inside_name(std::string_view shown) {
    return exchanged(shown, [](std::string_view prefix, std::string_view text) {
        auto const id = parse_id(prefix, text);
        return id ? std::to_string(*id) : std::string();
    });
}

}  // namespace partnerd::ledger

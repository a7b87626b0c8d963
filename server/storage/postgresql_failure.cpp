#include "storage/postgresql_failure.hpp"

#include <algorithm>

namespace partnerd::storage {
namespace {

Failure::Category category_of(std::string_view code) {
    using enum Failure::Category;
    if (code.starts_with("23")) return constraint;
    if (code.starts_with("40")) return conflict;
    if (code.starts_with("08") || code.starts_with("57P") || code == "53300") return connection;
    if (code == "53100") return full;
    if (code == "57014" || code == "55P03") return timeout;
    if (code.starts_with("42") || code.starts_with("26") || code.starts_with("34")) return syntax;
    return other;
}

std::string state_of(soci::soci_error const& error) {
    auto const* known = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    auto state = known == nullptr ? std::string() : known->sqlstate();
    return state.find(' ') == std::string::npos ? state : std::string();
}

}  // namespace

Failure postgresql_failure(soci::soci_error const& error, bool connected, std::string_view sql) {
    auto const state = state_of(error);
    auto text = error.get_error_message();  // not what(): that adds the values of the parameters
    // libpq's text goes on with DETAIL lines, which quote values of the row.
    text.resize(std::min(text.find('\n'), text.size()));
    if (!state.empty()) text += " (SQLSTATE " + state + ")";
    if (!sql.empty()) text += " in: " + std::string(sql);
    // After a change of a table, plans made before fail for ever in this session: a new one makes new plans.
    bool const stale_plan = state == "0A000" && text.find("cached plan") != std::string::npos;
    auto const category = !connected || stale_plan ? Failure::Category::connection : category_of(state);
    return Failure(category, text, state);
}

bool is_worth_a_rerun(Failure const& failure) {
    return failure.category == Failure::Category::connection || failure.sqlstate == "40001" || failure.sqlstate == "40P01";
}

}  // namespace partnerd::storage

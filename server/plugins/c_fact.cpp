#include "plugins/c_fact.hpp"

#include "domain/text.hpp"
#include "plugins/c_text.hpp"

namespace partnerd::plugins {
namespace {

std::optional<rules::FactType> fact_type(std::int32_t type) noexcept {
    switch (type) {
        case PARTNERD_T_I64: return rules::FactType::integer;
        case PARTNERD_T_TEXT: return rules::FactType::text;
        case PARTNERD_T_TIME_US: return rules::FactType::time;
        case PARTNERD_T_BOOL: return rules::FactType::boolean;
        case PARTNERD_T_MONEY: return rules::FactType::money;
        default: return std::nullopt;
    }
}

}  // namespace

Result<rules::FactDeclaration> fact_declaration(partnerd_fact const& fact) {
    auto const type = fact_type(fact.type);
    auto const name = sv_or_empty(fact.name);
    if (!type) return Error(errc::invalid_field, "the fact " + std::string(name) + " has a type that no fact has");
    if (name.empty() || name.find('.') == std::string_view::npos)
        return Error(errc::invalid_field, "a fact has a name with a dot: \"order.base\"");
    return rules::FactDeclaration{std::string(name), *type, fact.list != 0, fact.optional != 0, std::string(sv_or_empty(fact.description))};
}

partnerd_value c_value(rules::FactValue const& value) noexcept {
    partnerd_value c{};
    if (auto const* const flag = std::get_if<bool>(&value)) {
        c.type = PARTNERD_T_BOOL;
        c.v.i64 = *flag ? 1 : 0;
    } else if (auto const* const number = std::get_if<std::int64_t>(&value)) {
        c.type = PARTNERD_T_I64;
        c.v.i64 = *number;
    } else if (auto const* const text = std::get_if<std::string>(&value)) {
        c.type = PARTNERD_T_TEXT;
        c.v.bytes = str(*text);
    } else if (auto const* const money = std::get_if<Money>(&value)) {
        c.type = PARTNERD_T_MONEY;
        c.v.money = c_money(*money);
    } else if (auto const* const at = std::get_if<rules::Instant>(&value)) {
        c.type = PARTNERD_T_TIME_US;
        c.v.i64 = at->at_us;
    }
    return c;
}

std::optional<rules::FactValue> fact_value(partnerd_value const& value, rules::FactType type) {
    if (fact_type(value.type) != type) return std::nullopt;
    switch (type) {
        case rules::FactType::boolean: return rules::FactValue(value.v.i64 != 0);
        case rules::FactType::integer: return rules::FactValue(value.v.i64);
        case rules::FactType::time: return rules::FactValue(rules::Instant{value.v.i64});
        case rules::FactType::text:
            if (!is_utf8(sv(value.v.bytes))) return std::nullopt;
            return rules::FactValue(std::string(sv(value.v.bytes)));
        case rules::FactType::money: {
            auto const currency = currency_of(get_text(value.v.money.unit), value.v.money.exponent);
            if (!currency || currency->empty()) return std::nullopt;
            return rules::FactValue(Money{value.v.money.minor, *currency});
        }
    }
    return std::nullopt;
}

}  // namespace partnerd::plugins

#include "rules/fact.hpp"

namespace partnerd::rules {

std::string_view type_name(FactType type) noexcept {
    switch (type) {
        case FactType::boolean: return "boolean";
        case FactType::integer: return "integer";
        case FactType::text: return "text";
        case FactType::money: return "money";
        case FactType::time: return "time";
    }
    return "unknown";
}

}  // namespace partnerd::rules

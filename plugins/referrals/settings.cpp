#include "settings.hpp"

#include <boost/json.hpp>

namespace referrals {

Settings read_settings(std::string_view text) {
    Settings settings;
    auto const value = boost::json::parse({text.data(), text.size()});
    auto const& object = value.as_object();
    if (auto const* const v = object.if_contains("parameter")) settings.parameter = v->as_string();
    if (auto const* const v = object.if_contains("cookie")) settings.cookie = v->as_bool();
    if (auto const* const v = object.if_contains("cookie_domain")) settings.cookie_domain = v->as_string();
    if (auto const* const v = object.if_contains("cookie_days")) settings.cookie_days = static_cast<int>(v->as_int64());
    if (auto const* const v = object.if_contains("durability")) settings.relaxed = v->as_string() == "relaxed";
    return settings;
}

}  // namespace referrals

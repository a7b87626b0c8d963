#include "api/apply_body.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace partnerd::api {

namespace {

// One unit of work has to hold them all.
constexpr std::size_t partners_max = 200, rates_max = 400;

// "coupons": {its configuration}, or false to switch it off.
std::map<std::string, std::string> read_plugins(routing::BodyReader& in) {
    std::map<std::string, std::string> plugins;
    auto const text = in.json("plugins", 256 * 1024, R"({"type":"object","additionalProperties":{"type":["object","boolean"]}})");
    if (text.empty()) return plugins;
    auto const all = boost::json::parse(text);
    if (!all.is_object()) {
        in.refuse("plugins", errc::invalid_field, "must be an object with a configuration for each plugin");
        return plugins;
    }
    for (auto const& [name, config] : all.get_object()) {
        bool const off = config.is_bool() && !config.get_bool();
        if (!off && !config.is_object())
            in.refuse("plugins", errc::invalid_field, "'" + std::string(name.substr(0, 40)) + "' must be an object, or false");
        plugins[std::string(name)] = off ? std::string() : boost::json::serialize(config);
    }
    return plugins;
}

// The same twice would let the last one win in silence.
void read_one_partner(routing::BodyReader& in, Wanted& wanted) {
    auto wish = read_partner(in);
    if (std::any_of(wanted.partners.begin(), wanted.partners.end(), [&](auto const& other) { return other.handle == wish.handle; }))
        in.refuse("handle", errc::invalid_field, "the partner '" + wish.handle + "' is in the list already");
    wanted.partners.push_back(std::move(wish));
}

void read_rate(routing::BodyReader& in, Wanted& wanted) {
    FxRateWish rate;
    rate.currency = in.currency("currency").code();
    rate.day = in.day("day");
    rate.rate = in.text("rate", {.max = 30});
    bool const known = std::any_of(wanted.fx_rates.begin(), wanted.fx_rates.end(),
                                   [&](auto const& other) { return other.currency == rate.currency && other.day == rate.day; });
    if (known) in.refuse("day", errc::invalid_field, "the list has a rate of this currency for this day already");
    wanted.fx_rates.push_back(std::move(rate));
}

}  // namespace

Wanted read_wanted(routing::BodyReader& in) {
    Wanted wanted;
    in.require("program", "'program' is required, with its handle");
    in.object("program", [&](routing::BodyReader& program) {
        wanted.handle = program.handle("handle");
        wanted.program = read_program(program);
        wanted.status = program.optional_choice("status", {"draft", "pilot", "live", "paused", "ended"});
    });
    in.object("terms", [&](routing::BodyReader& terms) {
        wanted.terms = read_terms(terms);
        wanted.terms->version = terms.optional_integer("version", 1, 1'000'000);
    });
    wanted.plugins = read_plugins(in);
    in.each("partners", partners_max, [&](routing::BodyReader& partner) { read_one_partner(partner, wanted); });
    in.each("fx_rates", rates_max, [&](routing::BodyReader& rate) { read_rate(rate, wanted); });
    return wanted;
}

}  // namespace partnerd::api

#include "config/option.hpp"

#include <charconv>
#include <cstdio>

#include "config/check.hpp"
#include "domain/text.hpp"
#include "logging/scrub.hpp"

namespace partnerd::config {

namespace {

using Kind = Option::Kind;
constexpr std::int64_t kib = 1024, mib = 1024 * kib;

// A lambda for the place of one member.
#define PARTNERD_SLOT(member) [](Config& c) -> Slot { return &c.member; }

constexpr Option table[] = {
    {"server.listen", PARTNERD_SLOT(server.listen), 0, 0, check_listen},
    {"server.metrics_listen", PARTNERD_SLOT(server.metrics_listen), 0, 0, check_listen_or_none},
    {"server.unix_socket", PARTNERD_SLOT(server.unix_socket), 0, 0, check_socket_path, Kind::path},
    {"server.threads", PARTNERD_SLOT(server.threads), 0, 256},
    {"server.public_url", PARTNERD_SLOT(server.public_url), 0, 0, check_public_url_or_none},
    {"server.trusted_proxies", PARTNERD_SLOT(server.trusted_proxies), 0, 0, check_address_block},
    {"server.limits.header_bytes", PARTNERD_SLOT(server.limits.header_bytes), 1 * kib, 64 * kib},
    {"server.limits.body_bytes", PARTNERD_SLOT(server.limits.body_bytes), 1 * kib, 64 * mib},
    {"server.limits.header_timeout_seconds", PARTNERD_SLOT(server.limits.header_timeout_seconds), 1, 120},
    {"server.limits.idle_timeout_seconds", PARTNERD_SLOT(server.limits.idle_timeout_seconds), 1, 3600},
    {"server.limits.drain_grace_ms", PARTNERD_SLOT(server.limits.drain_grace_ms), 0, 120'000},
    {"server.limits.drain_seconds", PARTNERD_SLOT(server.limits.drain_seconds), 1, 600},
    {"server.limits.connections_max", PARTNERD_SLOT(server.limits.connections_max), 16, 1'000'000},
    {"server.limits.connections_per_ip_max", PARTNERD_SLOT(server.limits.connections_per_ip_max), 1, 1'000'000},
    {"server.limits.rate_per_minute", PARTNERD_SLOT(server.limits.rate_per_minute), 0, 100'000'000},
    {"storage.url", PARTNERD_SLOT(storage.url), 0, 0, check_storage_url, Kind::database, true},
    {"storage.readers", PARTNERD_SLOT(storage.readers), 1, 256},
    {"storage.writers", PARTNERD_SLOT(storage.writers), 1, 256},
    {"storage.batch_units", PARTNERD_SLOT(storage.batch_units), 1, 4096},
    {"storage.batch_ms", PARTNERD_SLOT(storage.batch_ms), 0, 1000},
    {"clicks.keep_days", PARTNERD_SLOT(clicks.keep_days), 0, 36'500},
    {"log.level", PARTNERD_SLOT(log.level)},
    {"log.format", PARTNERD_SLOT(log.format)},
    {"node.id", PARTNERD_SLOT(node.id), -1, 511},
    {"plugins.directory", PARTNERD_SLOT(plugins.directory), 0, 0, nullptr, Kind::path},
};
#undef PARTNERD_SLOT

std::string_view name_of_kind(Value const& value) {
    constexpr std::string_view names[] = {"a text", "a whole number", "true or false", "a number with a decimal point", "a list"};
    return names[value.index()];
}

bool refuse(Problem& problem, std::string what, std::string way_out) {
    problem.what = std::move(what);
    problem.way_out = std::move(way_out);
    return false;
}

std::string last_part(std::string_view key) { return std::string(key.substr(key.rfind('.') + 1)); }

std::string example(Option const& option) { return "For example: " + last_part(option.key) + " = " + toml_value(option, Config{}); }

std::string absolute(std::string const& path, std::filesystem::path const& base) {
    return path.empty() ? path : (base / path).lexically_normal().string();
}

std::string absolute_database(std::string const& url, std::filesystem::path const& base) {
    if (!url.starts_with("sqlite:")) return url;
    auto const path = url.starts_with("sqlite://") ? url.substr(9) : url.substr(7);
    return "sqlite://" + absolute(path, base);
}

struct Assign {
    Option const& option;
    Value const& value;
    std::filesystem::path const& base;
    Problem& problem;

    bool wrong_kind(std::string_view wanted) const {
        return refuse(problem, "expected " + std::string(wanted) + ", found " + std::string(name_of_kind(value)), example(option));
    }

    bool check(std::string const& text) const {
        if (!is_utf8(text) || has_control(text)) return refuse(problem, "the text has control characters or is not UTF-8", example(option));
        auto const wrong = option.check == nullptr ? std::string() : option.check(text);
        return wrong.empty() || refuse(problem, wrong, example(option));
    }

    bool operator()(std::string* slot) const {
        auto const* text = std::get_if<std::string>(&value);
        if (text == nullptr) return wrong_kind("a text in quotes");
        if (!check(*text)) return false;
        *slot = option.kind == Kind::path ? absolute(*text, base) : option.kind == Kind::database ? absolute_database(*text, base) : *text;
        return true;
    }

    bool operator()(std::int64_t* slot) const {
        auto const* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr) return wrong_kind("a whole number");
        if (*number < option.min || *number > option.max)
            return refuse(problem,
                          std::to_string(*number) + " is outside " + std::to_string(option.min) + " to " + std::to_string(option.max),
                          example(option));
        *slot = *number;
        return true;
    }

    bool operator()(std::vector<std::string>* slot) const {
        auto const* items = std::get_if<std::vector<std::string>>(&value);
        if (items == nullptr) return wrong_kind("a list of texts");
        for (auto const& item : *items)
            if (!check(item)) return problem.what = toml_text(item) + ": " + problem.what, false;
        *slot = *items;
        return true;
    }

    bool operator()(logging::Level* slot) const {
        auto const* text = std::get_if<std::string>(&value);
        auto const level = text == nullptr ? std::nullopt : logging::parse_level(*text);
        if (!level) return refuse(problem, "this is no level", "Use one of trace, debug, info, warn, error, off");
        *slot = *level;
        return true;
    }

    bool operator()(logging::Format* slot) const {
        auto const* text = std::get_if<std::string>(&value);
        auto const format = text == nullptr ? std::nullopt : logging::parse_format(*text);
        if (!format) return refuse(problem, "this is no format", "Use one of auto, text, json");
        *slot = *format;
        return true;
    }
};

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> items;
    while (!trim(text).empty()) {
        auto const comma = text.find(',');
        items.emplace_back(trim(text.substr(0, comma)));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return items;
}

}  // namespace

std::span<Option const> options() { return table; }

Option const* find_option(std::string_view key) {
    for (auto const& option : table)
        if (option.key == key) return &option;
    return nullptr;
}

std::vector<std::string> option_keys() {
    std::vector<std::string> keys;
    for (auto const& option : table) keys.emplace_back(option.key);
    return keys;
}

bool assign(Option const& option, Config& config, Value const& value, std::filesystem::path const& base, Problem& problem) {
    return std::visit(Assign{option, value, base, problem}, option.slot(config));
}

Value value_of_text(Option const& option, std::string const& text) {
    Config scratch;
    auto const slot = option.slot(scratch);
    if (std::holds_alternative<std::vector<std::string>*>(slot)) return split_at_commas(text);
    if (!std::holds_alternative<std::int64_t*>(slot)) return text;
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return text;
    return number;
}

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04X", static_cast<unsigned>(byte));
            out += code;
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string toml_value(Option const& option, Config const& config) {
    auto copy = config;
    auto const slot = option.slot(copy);
    auto const text = [&](std::string const& value) { return toml_text(option.secret ? logging::scrub(value) : value); };
    if (auto* const* value = std::get_if<std::string*>(&slot)) return text(**value);
    if (auto* const* value = std::get_if<std::int64_t*>(&slot)) return std::to_string(**value);
    if (auto* const* value = std::get_if<logging::Level*>(&slot)) return toml_text(logging::level_name(**value));
    if (auto* const* value = std::get_if<logging::Format*>(&slot)) return toml_text(logging::format_name(**value));
    std::string out = "[";
    for (auto const& item : *std::get<std::vector<std::string>*>(slot)) out += (out.size() > 1 ? ", " : "") + text(item);
    return out + ']';
}

}  // namespace partnerd::config

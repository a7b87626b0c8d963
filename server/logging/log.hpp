// The log: one line an event, on standard error. Text with colour on a terminal, one JSON object a line otherwise.
//
//   logging::info("listening", {{"address", address}, {"threads", threads}});
//   text  2026-11-21T21:05:09.123Z INFO  listening  address=127.0.0.1:8080 threads=2
//   json  {"at":"2026-11-21T21:05:09.123Z","level":"info","message":"listening","address":"127.0.0.1:8080","threads":2}
//
// The message is a constant; what varies is in the fields. Control characters are encoded, so that an event is one line; every
// text passes scrub() (scrub.hpp), so that no secret is written. An event below the level costs one load and no allocation.
// Everything here is [any thread]; nothing here throws; a line that cannot be written is dropped.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <span>
#include <string_view>

namespace partnerd::logging {

enum class Level : int { trace, debug, info, warn, error, off };
enum class Format : int { automatic, text, json };  // automatic: text on a terminal, else JSON

std::string_view level_name(Level level) noexcept;     // "trace" .. "off"
std::string_view format_name(Format format) noexcept;  // "auto", "text", "json"
std::optional<Level> parse_level(std::string_view text) noexcept;
std::optional<Format> parse_format(std::string_view text) noexcept;

// Borrows its key and its text: both live until the call returns.
struct Field {
    enum class Kind { text, integer, number, boolean };
    std::string_view key;
    Kind kind;
    std::string_view text;
    std::int64_t integer = 0;
    double number = 0;

    Field(std::string_view k, std::string_view value) : key(k), kind(Kind::text), text(value) {}
    Field(std::string_view k, std::convertible_to<std::string_view> auto const& value) : Field(k, std::string_view(value)) {}
    Field(std::string_view k, bool value) : key(k), kind(Kind::boolean), integer(value) {}
    Field(std::string_view k, std::integral auto value) : key(k), kind(Kind::integer), integer(static_cast<std::int64_t>(value)) {}
    Field(std::string_view k, std::floating_point auto value) : key(k), kind(Kind::number), number(value) {}
};

// The key of the request id, the same in the log and in the answer's header: {"request_id", exchange.request.id}.
inline constexpr std::string_view request_id = "request_id";

struct Settings {
    Level level = Level::info;
    Format format = Format::automatic;
    std::ostream* stream = nullptr;  // null: standard error. A test passes a string stream, which must outlive the log.
};

// [main] Until it is called, warnings and errors go to standard error. May be called again.
void start(Settings const& settings);
void set_level(Level level) noexcept;  // at any time
Level level() noexcept;

namespace detail {
extern std::atomic<int> threshold;
}
inline bool enabled(Level level) noexcept { return static_cast<int>(level) >= detail::threshold.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, std::span<Field const> fields) noexcept;

using Fields = std::initializer_list<Field>;
inline void event(Level level, std::string_view message, Fields fields) noexcept {
    if (enabled(level)) write(level, message, {fields.begin(), fields.size()});
}
inline void trace(std::string_view message, Fields fields = {}) noexcept { event(Level::trace, message, fields); }
inline void debug(std::string_view message, Fields fields = {}) noexcept { event(Level::debug, message, fields); }
inline void info(std::string_view message, Fields fields = {}) noexcept { event(Level::info, message, fields); }
inline void warn(std::string_view message, Fields fields = {}) noexcept { event(Level::warn, message, fields); }
inline void error(std::string_view message, Fields fields = {}) noexcept { event(Level::error, message, fields); }

}  // namespace partnerd::logging

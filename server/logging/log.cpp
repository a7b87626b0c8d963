#include "logging/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "logging/line.hpp"

namespace partnerd::logging {

namespace detail {
std::atomic<int> threshold{static_cast<int>(Level::warn)};
}

namespace {

constexpr std::array<std::string_view, 6> level_names = {"trace", "debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 3> format_names = {"auto", "text", "json"};
constexpr std::array<spdlog::level::level_enum, 6> spdlog_levels = {spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                                                                    spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};

struct Output {
    std::shared_ptr<spdlog::logger> logger;
    bool json = false;
    bool colour = false;
};

Output open_output(Settings const& settings) {
    bool const terminal = settings.stream == nullptr && ::isatty(STDERR_FILENO) == 1;
    spdlog::sink_ptr sink;
    if (settings.stream != nullptr) sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*settings.stream, true);
    else sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    Output output;
    output.logger = std::make_shared<spdlog::logger>("partnerd", std::move(sink));
    output.logger->set_pattern("%v");
    output.logger->set_level(spdlog::level::trace);
    output.logger->set_error_handler([](std::string const&) {});  // there is nowhere left to tell
    output.json = settings.format == Format::json || (settings.format == Format::automatic && !terminal);
    output.colour = terminal && std::getenv("NO_COLOR") == nullptr;  // https://no-color.org
    return output;
}

std::mutex guard;

// Never destroyed: a destructor of a static object may still log.
Output& output() {
    static auto* const instance = new Output(open_output(Settings{}));
    return *instance;
}

Output current_output() {
    std::lock_guard const lock(guard);
    return output();
}

std::int64_t now_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

template <class Enum, std::size_t N>
std::optional<Enum> parse(std::array<std::string_view, N> const& names, std::string_view text) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == text) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace

std::string_view level_name(Level level) noexcept { return level_names[static_cast<std::size_t>(level)]; }
std::string_view format_name(Format format) noexcept { return format_names[static_cast<std::size_t>(format)]; }
std::optional<Level> parse_level(std::string_view text) noexcept { return parse<Level>(level_names, text); }
std::optional<Format> parse_format(std::string_view text) noexcept { return parse<Format>(format_names, text); }

void start(Settings const& settings) {
    auto opened = open_output(settings);
    std::lock_guard const lock(guard);
    output() = std::move(opened);
    set_level(settings.level);
}

void set_level(Level level) noexcept { detail::threshold.store(static_cast<int>(level), std::memory_order_relaxed); }
Level level() noexcept { return static_cast<Level>(detail::threshold.load(std::memory_order_relaxed)); }

void write(Level level, std::string_view message, std::span<Field const> fields) noexcept {
    if (level >= Level::off) return;
    try {
        auto const out = current_output();
        Event const event{now_us(), level, message, fields};
        auto const line = out.json ? json_line(event) : text_line(event, out.colour);
        out.logger->log(spdlog_levels[static_cast<std::size_t>(level)], spdlog::string_view_t(line.data(), line.size()));
    } catch (...) {  // no memory: the caller's work goes on without this line
    }
}

}  // namespace partnerd::logging

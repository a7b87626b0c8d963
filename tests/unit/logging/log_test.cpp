#include "logging/log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace partnerd::logging {

namespace {
struct Captured {
    std::ostringstream stream;
    explicit Captured(Level level = Level::info, Format format = Format::text) { start({level, format, &stream}); }
    ~Captured() { start({Level::warn, Format::automatic, nullptr}); }
    std::string text() const { return stream.str(); }
    std::size_t lines() const {
        auto const all = text();
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
    }
};
}  // namespace

BOOST_AUTO_TEST_SUITE(log)

BOOST_AUTO_TEST_CASE(an_event_below_the_level_is_not_written) {
    Captured captured(Level::warn);
    trace("no");
    debug("no");
    info("no");
    BOOST_TEST(captured.text().empty());
    warn("yes");
    error("yes");
    BOOST_TEST(captured.lines() == 2U);
    BOOST_TEST(!enabled(Level::info));
    BOOST_TEST(enabled(Level::error));
}

BOOST_AUTO_TEST_CASE(the_level_changes_at_run_time_and_off_is_silent) {
    Captured captured(Level::off);
    error("no");
    write(Level::off, "no", {});
    BOOST_TEST(captured.text().empty());
    set_level(Level::trace);
    trace("yes");
    BOOST_TEST(captured.lines() == 1U);
    BOOST_TEST((level() == Level::trace));
}

BOOST_AUTO_TEST_CASE(automatic_is_json_where_there_is_no_terminal) {
    Captured captured(Level::info, Format::automatic);
    info("sold", {{"order", "A-1"}});
    BOOST_TEST(captured.text().starts_with("{\"at\":\""));
    BOOST_TEST(captured.text().ends_with("\"message\":\"sold\",\"order\":\"A-1\"}\n"));
}

BOOST_AUTO_TEST_CASE(braces_and_percent_signs_are_text) {
    Captured captured;
    info("{} %v %s {0}", {{"v", "{:d} %n"}});
    BOOST_TEST(captured.text().find("{} %v %s {0}  v=\"{:d} %n\"\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_stay_whole) {
    constexpr int threads = 8, events = 400;
    Captured captured(Level::info, Format::json);
    std::vector<std::thread> pool;
    for (int t = 0; t < threads; ++t)
        pool.emplace_back([t] {
            for (int i = 0; i < events; ++i) {
                info("event", {{"thread", t}, {"i", i}});
                if (i % 50 == 0) set_level(Level::info);
            }
        });
    for (auto& thread : pool) thread.join();
    BOOST_TEST(captured.lines() == static_cast<std::size_t>(threads * events));
    std::istringstream all(captured.text());
    for (std::string line; std::getline(all, line);) BOOST_TEST((line.starts_with("{\"at\":") && line.ends_with("}")), line);
}

BOOST_AUTO_TEST_CASE(names_of_levels_and_formats_are_read_back) {
    for (auto const l : {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::off})
        BOOST_TEST((parse_level(level_name(l)) == l));
    for (auto const f : {Format::automatic, Format::text, Format::json}) BOOST_TEST((parse_format(format_name(f)) == f));
    for (auto const* text : {"", "INFO", "warning", "verbose", "info "})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!parse_level(text).has_value());
    for (auto const* text : {"", "JSON", "automatic", "xml"}) BOOST_TEST_CONTEXT(text) BOOST_TEST(!parse_format(text).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::logging

#include "imports/progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <sstream>

namespace partnerd::imports {

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(the_line_tells_count_rate_share_and_time_left) {
    using std::chrono::milliseconds;
    struct Case {
        Figures figures;
        milliseconds elapsed;
        char const* text;
    };
    for (auto const& c : {Case{{0, 0, 0, 0}, milliseconds(0), "orders: 0 records, 0/s"},
                          Case{{12345, 3, 430, 1000}, milliseconds(3000), "orders: 12,345 records, 4,115/s, 43 %, 0:03 left, 3 rejected"},
                          Case{{1, 0, 0, 1000}, milliseconds(1000), "orders: 1 records, 1/s, 0 %"},
                          Case{{1000000, 0, 1000, 1000}, milliseconds(1000), "orders: 1,000,000 records, 1,000,000/s, 100 %, 0:00 left"},
                          Case{{100, 0, 10, 1000}, milliseconds(100'000), "orders: 100 records, 1/s, 1 %, 2:45:00 left"},
                          Case{{5, 5, 2000, 1000}, milliseconds(1000), "orders: 5 records, 5/s, 100 %, 0:00 left, 5 rejected"}})
        BOOST_TEST(progress_text("orders", c.figures, c.elapsed) == c.text);
}

BOOST_AUTO_TEST_CASE(it_is_silent_unless_it_is_a_terminal_or_was_asked) {
    int const nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    BOOST_TEST((Progress::style_for(nowhere, false) == Progress::Style::silent));
    BOOST_TEST((Progress::style_for(nowhere, true) == Progress::Style::lines));
    ::close(nowhere);
    std::ostringstream out;
    Progress::Clock::time_point const start{};
    Progress silent(out, Progress::Style::silent, "orders", start);
    silent.update({1, 0, 1, 2}, start + std::chrono::hours(1));
    silent.finish({1, 0, 1, 2}, start + std::chrono::hours(1));
    BOOST_TEST(out.str() == "");
}

BOOST_AUTO_TEST_CASE(a_terminal_has_one_line_and_a_log_has_few) {
    using std::chrono::milliseconds;
    Progress::Clock::time_point const start{};
    auto const written = [&](Progress::Style style) {
        std::ostringstream out;
        Progress progress(out, style, "orders", start);
        for (int ms = 0; ms <= 1000; ms += 10) progress.update({ms, 0, 0, 0}, start + milliseconds(ms));
        progress.finish({1000, 0, 0, 0}, start + milliseconds(1000));
        return out.str();
    };
    auto const terminal = written(Progress::Style::terminal);
    BOOST_TEST(std::count(terminal.begin(), terminal.end(), '\r') == 7);
    BOOST_TEST(std::count(terminal.begin(), terminal.end(), '\n') == 1);
    BOOST_TEST(written(Progress::Style::lines) == "orders: 0 records, 0/s\norders: 1,000 records, 1,000/s\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports

#include "metrics/registry.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <thread>

namespace partnerd::metrics {

namespace {

constexpr char const* help = "What it counts";

}  // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(the_text_is_what_prometheus_reads) {
    Registry registry;
    registry.counter("partnerd_clicks_total", "Clicks recorded", {{"program", "shop"}, {"kind", "link"}}).add(3);
    registry.counter("partnerd_clicks_total", "Clicks recorded", {{"program", "books"}, {"kind", "link"}}).add();
    registry.gauge("partnerd_queue_depth", "Units that wait").set(-2);
    registry.gauge_function("partnerd_wal_bytes", "Size of the WAL", [] { return 1.5; });
    auto& histogram = registry.histogram("partnerd_commit_seconds", "One commit", {0.25, 0.5});
    for (double value : {0.125, 0.25, 0.375, 4.0}) histogram.observe(value);
    BOOST_TEST(registry.text() ==
               "# HELP partnerd_clicks_total Clicks recorded\n"
               "# TYPE partnerd_clicks_total counter\n"
               "partnerd_clicks_total{program=\"books\",kind=\"link\"} 1\n"
               "partnerd_clicks_total{program=\"shop\",kind=\"link\"} 3\n"
               "# HELP partnerd_commit_seconds One commit\n"
               "# TYPE partnerd_commit_seconds histogram\n"
               "partnerd_commit_seconds_bucket{le=\"0.25\"} 2\n"
               "partnerd_commit_seconds_bucket{le=\"0.5\"} 3\n"
               "partnerd_commit_seconds_bucket{le=\"+Inf\"} 4\n"
               "partnerd_commit_seconds_sum 4.75\n"
               "partnerd_commit_seconds_count 4\n"
               "# HELP partnerd_queue_depth Units that wait\n"
               "# TYPE partnerd_queue_depth gauge\n"
               "partnerd_queue_depth -2\n"
               "# HELP partnerd_wal_bytes Size of the WAL\n"
               "# TYPE partnerd_wal_bytes gauge\n"
               "partnerd_wal_bytes 1.5\n");
}

BOOST_AUTO_TEST_CASE(labels_of_a_histogram_stand_before_the_bound) {
    Registry registry;
    registry.histogram("partnerd_job_seconds", help, {1}, {{"job", "seal"}}).observe(0.5);
    BOOST_TEST(registry.text().find("partnerd_job_seconds_bucket{job=\"seal\",le=\"1\"} 1\n") != std::string::npos);
    BOOST_TEST(registry.text().find("partnerd_job_seconds_count{job=\"seal\"} 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(labels_and_help_are_escaped) {
    Registry registry;
    registry.counter("partnerd_x_total", "a \\ and\na line", {{"value", "a \"b\" \\ c\nd"}}).add();
    auto const text = registry.text();
    BOOST_TEST(text.find("# HELP partnerd_x_total a \\\\ and\\na line\n") != std::string::npos);
    BOOST_TEST(text.find("partnerd_x_total{value=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_name_and_labels_are_the_same_figure) {
    Registry registry;
    auto& one = registry.counter("partnerd_x_total", help, {{"a", "1"}});
    BOOST_TEST(&one == &registry.counter("partnerd_x_total", help, {{"a", "1"}}));
    BOOST_TEST(&one != &registry.counter("partnerd_x_total", help, {{"a", "2"}}));
    BOOST_TEST(&registry.gauge("partnerd_x", help) == &registry.gauge("partnerd_x", help));
}

BOOST_AUTO_TEST_CASE(names_that_are_refused) {
    Registry registry;
    for (char const* name : {"", "x", "x_seconds", "1_total", "a-b_total", "a b_total", "\xc3\xa4_total", "x_total "})
        BOOST_TEST_CONTEXT(name) BOOST_CHECK_THROW(registry.counter(name, help), std::invalid_argument);
    for (char const* name : {"", "x_total", "1x", "a-b"})
        BOOST_TEST_CONTEXT(name) BOOST_CHECK_THROW(registry.gauge(name, help), std::invalid_argument);
    for (char const* label : {"", "1", "a-b", "a:b", "__a", "le"})
        BOOST_TEST_CONTEXT(label) BOOST_CHECK_THROW(registry.counter("x_total", help, {{label, "1"}}), std::invalid_argument);
    registry.gauge("partnerd_x", help);
    BOOST_CHECK_THROW(registry.histogram("partnerd_x", help, {1}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(bounds_that_are_refused) {
    for (auto const& bounds : std::vector<std::vector<double>>{
             {}, {1, 1}, {2, 1}, {1, std::numeric_limits<double>::infinity()}, {std::numeric_limits<double>::quiet_NaN()}})
        BOOST_CHECK_THROW(Histogram{bounds}, std::invalid_argument);
    BOOST_CHECK_NO_THROW(Histogram{latency_bounds()});
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_when_many_threads_add) {
    Registry registry;
    auto& counter = registry.counter("partnerd_x_total", help);
    auto& gauge = registry.gauge("partnerd_x", help);
    auto& histogram = registry.histogram("partnerd_x_seconds", help, {1, 2});
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 5000; ++n) {
                counter.add();
                gauge.add(n % 2 == 0 ? 1 : -1);
                histogram.observe(n % 3);
            }
        });
    while (counter.value() < 30'000) BOOST_TEST_REQUIRE(!registry.text().empty());
    for (auto& thread : threads) thread.join();
    BOOST_TEST(counter.value() == 60'000u);
    BOOST_TEST(gauge.value() == 0);
    auto const all = histogram.snapshot();
    BOOST_TEST(all.count() == 60'000u);
    BOOST_TEST(all.sum == 12 * (1666 * 2 + 1667));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::metrics

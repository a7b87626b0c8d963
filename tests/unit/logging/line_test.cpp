#include "logging/line.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace partnerd::logging {

namespace {
constexpr std::int64_t at_us = 1'291'191'960'123'456;  // 2010-12-01T08:26:00.123456Z

std::string text(Fields fields, std::string_view message = "sold", Level level = Level::info) {
    return text_line({at_us, level, message, {fields.begin(), fields.size()}}, false);
}
std::string json(Fields fields, std::string_view message = "sold", Level level = Level::info) {
    return json_line({at_us, level, message, {fields.begin(), fields.size()}});
}
}  // namespace

BOOST_AUTO_TEST_SUITE(lines)

BOOST_AUTO_TEST_CASE(a_text_line_has_time_level_message_and_fields) {
    BOOST_TEST(text({}) == "2010-12-01T08:26:00.123Z INFO  sold");
    BOOST_TEST(text({{"order", "A-1"}, {"lines", 3}, {"ok", true}, {"seconds", 0.5}}, "sold", Level::warn) ==
               "2010-12-01T08:26:00.123Z WARN  sold  order=A-1 lines=3 ok=true seconds=0.5");
    BOOST_TEST(text({{"who", "Ann Lee"}, {"said", "\"x\""}, {"nothing", ""}}) ==
               "2010-12-01T08:26:00.123Z INFO  sold  who=\"Ann Lee\" said=\"\\\"x\\\"\" nothing=\"\"");
}

BOOST_AUTO_TEST_CASE(the_request_id_stands_before_the_message) {
    BOOST_TEST(text({{"order", "A-1"}, {request_id, "req_7"}}) == "2010-12-01T08:26:00.123Z INFO  [req_7] sold  order=A-1");
    BOOST_TEST(json({{request_id, "req_7"}}) ==
               R"({"at":"2010-12-01T08:26:00.123Z","level":"info","message":"sold","request_id":"req_7"})");
}

BOOST_AUTO_TEST_CASE(colour_is_added_only_when_asked_for) {
    BOOST_TEST(text({{"a", "b"}}).find('\033') == std::string::npos);
    BOOST_TEST(text_line({at_us, Level::error, "sold", {}}, true).find("\033[31mERROR\033[0m") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_json_line_keeps_the_kinds_of_values) {
    BOOST_TEST(
        json({{"order", "A-1"}, {"n", std::int64_t{-5'000'000'000}}, {"ok", false}, {"seconds", 0.25}}) ==
        R"({"at":"2010-12-01T08:26:00.123Z","level":"info","message":"sold","order":"A-1","n":-5000000000,"ok":false,"seconds":0.25})");
    BOOST_TEST(json({{"x", std::numeric_limits<double>::infinity()}}).ends_with(R"("x":null})"));
    BOOST_TEST(
        json({{"at", "mine"}, {"level", "mine"}, {"message", "mine"}}).ends_with(R"("at_":"mine","level_":"mine","message_":"mine"})"));
}

BOOST_AUTO_TEST_CASE(no_text_can_make_a_second_line_or_reach_the_terminal) {
    std::vector<std::string> hostile = {"a\nb",
                                        "a\r\nINFO forged",
                                        "\033[2J",
                                        "tab\there",
                                        std::string("nul\0here", 8),
                                        "\x7f",
                                        "\xc2\x9b"
                                        "31m",
                                        "\xff\xfe",
                                        "\xc3"};
    for (auto const& value : hostile) {
        BOOST_TEST_CONTEXT(value) {
            for (auto const& line : {text({{"v", value}}, value), text({{value, "v"}}), text({{request_id, value}}),
                                     json({{"v", value}}, value), json({{value, "v"}})}) {
                BOOST_TEST(
                    std::none_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
                BOOST_TEST(line.find("\xff") == std::string::npos);
            }
            BOOST_TEST(text({{"v", value}}).find("\xc2\x9b") == std::string::npos);
        }
    }
    BOOST_TEST(text({{"v", "a\nb"}}).ends_with("v=\"a\\nb\""));
    BOOST_TEST(json({{"v", "a\nb\x01\"\\"}}).ends_with(R"("v":"a\nb\u0001\"\\"})"));
    BOOST_TEST(json({{"v", "\xff"}}).ends_with(R"("v":"\ufffd"})"));
    BOOST_TEST(text({{"v", "Zürich"}}).ends_with("v=Zürich"));
}

BOOST_AUTO_TEST_CASE(no_secret_is_in_a_line_whatever_its_place) {
    for (auto const* secret : {"pd_operator_live_hushhush", "postgresql://u:hushhush@db/x", "Bearer hushhush", "password=hushhush"}) {
        BOOST_TEST_CONTEXT(secret) {
            BOOST_TEST(text({{"v", secret}}, secret).find("hushhush") == std::string::npos);
            BOOST_TEST(json({{"v", secret}}, secret).find("hushhush") == std::string::npos);
        }
    }
    BOOST_TEST(text({{"password", "hushhush"}}).ends_with("password=***"));
    BOOST_TEST(json({{"Authorization", "hushhush"}}).ends_with(R"("Authorization":"***"})"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::logging

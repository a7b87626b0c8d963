#include "imports/verdict.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::imports {

BOOST_AUTO_TEST_SUITE(verdict)

BOOST_AUTO_TEST_CASE(what_each_answer_means) {
    using enum Verdict::Kind;
    struct Case {
        char const* what;
        Answer answer;
        Verdict::Kind kind;
        char const* code;
        char const* detail;
    };
    for (auto const& c : {
             Case{"new", {201, {}, R"({"id":"cnv_1"})"}, created, "", ""},
             Case{"ok without a body", {204, {}, ""}, created, "", ""},
             Case{"replayed", {201, {{"Idempotent-Replayed", "true"}}, "{}"}, unchanged, "", ""},
             Case{"replayed, in lower case", {200, {{"idempotent-replayed", "True"}}, "{}"}, unchanged, "", ""},
             Case{"not replayed", {200, {{"Idempotent-Replayed", "false"}}, "{}"}, created, "", ""},
             Case{"a duplicate", {200, {}, R"({"duplicate":true})"}, unchanged, "", ""},
             Case{"no duplicate", {200, {}, R"({"duplicate":false})"}, created, "", ""},
             Case{"duplicate inside", {200, {}, R"({"a":{"duplicate":true}})"}, created, "", ""},
             Case{"duplicate as a text", {200, {}, R"({"name":"\"duplicate\": true"})"}, created, "", ""},
             Case{"a problem",
                  {422, {}, R"({"code":"unknown_partner","title":"t","detail":"no 'emma'","pointer":"/assigned_partner"})"},
                  rejected,
                  "unknown_partner",
                  "no 'emma' (/assigned_partner)"},
             Case{"a problem without detail",
                  {409, {}, R"({"code":"already_redeemed","title":"It was redeemed"})"},
                  rejected,
                  "already_redeemed",
                  "It was redeemed"},
             Case{"a problem that is no JSON", {400, {}, "<html>"}, rejected, "status_400", ""},
             Case{"a problem that is a list", {400, {}, "[1]"}, rejected, "status_400", ""},
             Case{"a code that is a number", {400, {}, R"({"code":5})"}, rejected, "status_400", ""},
             Case{"unknown order", {404, {}, R"({"code":"not_found"})"}, rejected, "not_found", ""},
             Case{"a defect", {500, {}, R"({"code":"internal"})"}, rejected, "internal", ""},
             Case{"a redirect", {302, {}, ""}, rejected, "status_302", ""},
             Case{"busy", {503, {}, R"({"code":"busy"})"}, again, "busy", ""},
             Case{"too many", {429, {}, R"({"code":"rate_limited"})"}, again, "rate_limited", ""},
             Case{"too late", {504, {}, R"({"code":"deadline_exceeded"})"}, again, "deadline_exceeded", ""},
             Case{"no connection", {503, {}, ""}, again, "status_503", ""},
             Case{"no key", {401, {}, R"({"code":"invalid_key"})"}, hopeless, "invalid_key", ""},
             Case{"not allowed", {403, {}, R"({"code":"forbidden"})"}, hopeless, "forbidden", ""},
             Case{"no program", {404, {}, R"({"code":"unknown_program"})"}, hopeless, "unknown_program", ""},
         })
        BOOST_TEST_CONTEXT(c.what) {
            auto const out = judge(c.answer);
            BOOST_TEST((out.kind == c.kind));
            BOOST_TEST(out.code == c.code);
            BOOST_TEST(out.detail == c.detail);
        }
}

BOOST_AUTO_TEST_CASE(retry_after_is_heeded_within_reason) {
    using std::chrono::seconds;
    struct Case {
        char const* header;
        seconds wait;
    };
    for (auto const& c : {Case{"2", seconds(2)}, Case{"0", seconds(0)}, Case{"-5", seconds(0)}, Case{"100000", seconds(60)},
                          Case{"", seconds(0)}, Case{"Fri, 31 Dec", seconds(0)}})
        BOOST_TEST_CONTEXT(c.header) BOOST_TEST((judge({503, {{"Retry-After", c.header}}, ""}).not_before == c.wait));
    BOOST_TEST((judge({503, {}, ""}).not_before == seconds(0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports

#include "http/answer.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::http {

namespace {

std::string answer(routing::Response const& response, AnswerFacts facts = {}) {
    facts.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    facts.request_id = "id";
    std::string out = "before|";
    append_answer(out, response, facts);
    return out.substr(7);
}

routing::Response text(std::string const& body) {
    routing::Response response;
    response.content_type = "text/plain";
    response.body = body;
    return response;
}

constexpr char const* front = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: id\r\n";
constexpr char const* defaults = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(an_answer_is_one_run_of_bytes) {
    BOOST_TEST(answer(text("hello")) ==
               std::string("HTTP/1.1 200 OK\r\n") + front + "Content-Type: text/plain\r\n" + defaults + "Content-Length: 5\r\n\r\nhello");
}

BOOST_AUTO_TEST_CASE(a_route_may_say_how_it_is_cached) {
    auto response = text("");
    response.set_header("cache-control", "public, max-age=60");
    response.set_header("X-Content-Type-Options", "none");
    BOOST_TEST(answer(response) == std::string("HTTP/1.1 200 OK\r\n") + front +
                                       "cache-control: public, max-age=60\r\nX-Content-Type-Options: none\r\nContent-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_route_does_not_frame_the_message) {
    auto response = text("hello");
    for (char const* name :
         {"Content-Length", "content-length", "Connection", "Transfer-Encoding", "Date", "X-Request-Id", "Content-Type", "Keep-Alive"})
        response.add_header(name, "7");
    BOOST_TEST(answer(response) == answer(text("hello")));
}

BOOST_AUTO_TEST_CASE(no_header_breaks_out_of_its_line) {
    for (auto const& field : {routing::Field{"Location", "/\r\nSet-Cookie: a=b"}, routing::Field{"Location", "/\nX: y"},
                              routing::Field{"Location", std::string("/\0", 2)}, routing::Field{"X-A\r\nX-B", "value"},
                              routing::Field{"X-A: b", "value"}, routing::Field{"", "value"}}) {
        BOOST_TEST_CONTEXT(field.name << ": " << field.value) {
            auto response = text("hello");
            response.headers.push_back(field);
            auto const bytes = answer(response);
            BOOST_TEST(bytes.starts_with("HTTP/1.1 500 "));
            BOOST_TEST(bytes.find(field.value) == std::string::npos);
        }
    }
    auto response = text("hello");
    response.content_type = "text/plain\r\nX: y";
    BOOST_TEST(answer(response).starts_with("HTTP/1.1 500 "));
}

BOOST_AUTO_TEST_CASE(a_status_that_is_none_is_a_defect) {
    for (int status : {0, -1, 99, 100, 101, 199, 600, 1000}) {
        auto response = text("hello");
        response.status = status;
        BOOST_TEST_CONTEXT(status) BOOST_TEST(answer(response).starts_with("HTTP/1.1 500 "));
    }
}

BOOST_AUTO_TEST_CASE(some_answers_have_no_body) {
    for (int status : {204, 304}) {
        auto response = text("hello");
        response.status = status;
        auto const bytes = answer(response);
        BOOST_TEST(bytes.ends_with("\r\n\r\n"));
        BOOST_TEST(bytes.find("Content-Length") == std::string::npos);
        BOOST_TEST(bytes.find("Content-Type:") == std::string::npos);
    }
    auto const head = answer(text("hello"), {.head = true});
    BOOST_TEST(head.ends_with("Content-Length: 5\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_connection_is_said) {
    BOOST_TEST(answer(text(""), {.close = true}).ends_with("Connection: close\r\n\r\n"));
    BOOST_TEST(answer(text(""), {.close = true, .http10 = true}).ends_with("Connection: close\r\n\r\n"));
    BOOST_TEST(answer(text(""), {.http10 = true}).ends_with("Connection: keep-alive\r\n\r\n"));
    BOOST_TEST(answer(text("")).find("Connection") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(dates_are_written_as_rfc_9110_says) {
    BOOST_TEST(http_date(784111777'000000) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(http_date(1709209800'999999) == "Thu, 29 Feb 2024 12:30:00 GMT");
}

BOOST_AUTO_TEST_CASE(every_stable_error_has_a_reason_phrase) {
    for (int status : {
#define PARTNERD_ERROR(code, status, title) status,
#include "domain/errors.def"
#undef PARTNERD_ERROR
         })
        BOOST_TEST_CONTEXT(status) BOOST_TEST(!reason_phrase(status).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http

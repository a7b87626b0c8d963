#include "http/guard.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

#include "domain/text.hpp"
#include "http/chunks.hpp"
#include "http/request_parser.hpp"
#include "unit/http/wire_cases.hpp"

namespace partnerd::http {

using namespace std::string_literals;

namespace {

// What the guard alone says of a whole request: refused with a code, complete, or unfinished.
struct Verdict {
    std::optional<errc> refused;
    bool complete = false;
};

Verdict judge_body(Framing const& framing, std::string_view body) {
    if (framing.content_length > test::body_limit) return {errc::body_too_large};
    if (!framing.chunked) return {{}, framing.content_length == body.size()};
    ChunkGuard chunks(test::body_limit);
    auto const taken = chunks.take(body);
    if (!taken) return {taken.error().code};
    return {{}, chunks.done() && *taken == body.size()};
}

Verdict judge(std::string_view bytes) {
    std::size_t scanned = 0;
    auto const length = find_header_end(bytes, scanned, Limits{});
    if (!length) return {length.error().code};
    if (*length == 0) return {};
    std::vector<routing::FieldView> fields;
    auto const framing = check_header(bytes.substr(0, *length), Limits{}, fields);
    if (!framing) return {framing.error().code};
    return judge_body(*framing, bytes.substr(*length));
}

Framing accepted(std::string_view header) {
    std::vector<routing::FieldView> fields;
    return check_header(header, Limits{}, fields).value();
}

// Header, fields, and all, as Beast's own parser reads them.
class ByBeast final : public boost::beast::http::basic_parser<true> {
  public:
    routing::Request request;
    ByBeast() { body_limit(boost::none); }

  private:
    using view = boost::beast::string_view;
    using code = boost::beast::error_code;
    void on_request_impl(boost::beast::http::verb, view method, view target, int, code&) override {
        request.method = std::string_view(method.data(), method.size());
        request.target = std::string_view(target.data(), target.size());
    }
    void on_response_impl(int, view, int, code&) override {}
    void on_field_impl(boost::beast::http::field, view name, view value, code&) override {
        request.add_header(lower_ascii({name.data(), name.size()}), {value.data(), value.size()});
    }
    void on_header_impl(code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, code&) override {}
    std::size_t on_body_impl(view body, code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, view, code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view body, code&) override { return body.size(); }
    void on_finish_impl(code&) override {}
};

void require_same(Framing const& framing, std::vector<routing::FieldView> const& fields, routing::Request const& theirs) {
    BOOST_TEST_REQUIRE(framing.method == theirs.method);
    BOOST_TEST_REQUIRE(framing.target == theirs.target);
    BOOST_TEST_REQUIRE(fields.size() == theirs.headers.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        BOOST_TEST_REQUIRE(lower_ascii(fields[i].name) == theirs.headers[i].name);
        BOOST_TEST_REQUIRE(fields[i].value == theirs.headers[i].value);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard)

BOOST_AUTO_TEST_CASE(each_case_of_the_table_is_judged_as_it_says) {
    for (auto const& c : test::wire_cases()) {
        BOOST_TEST_CONTEXT(c.name) {
            auto const verdict = judge(c.bytes);
            BOOST_TEST((verdict.refused ? code_name(*verdict.refused) : "accepted") == (c.refused ? code_name(*c.refused) : "accepted"));
            BOOST_TEST(verdict.complete == !c.refused.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_table_is_large_and_mostly_refusals) {
    auto const& cases = test::wire_cases();
    auto const refused = std::count_if(cases.begin(), cases.end(), [](auto const& c) { return c.refused.has_value(); });
    BOOST_TEST(cases.size() >= 120u);
    BOOST_TEST(static_cast<std::size_t>(refused) * 2 > cases.size());
}

BOOST_AUTO_TEST_CASE(the_end_of_the_header_is_found_however_the_bytes_arrive) {
    for (auto const& c : test::wire_cases()) {
        if (c.bytes.size() > 2000) continue;
        BOOST_TEST_CONTEXT(c.name) {
            std::size_t at_once = 0;
            auto const whole = find_header_end(c.bytes, at_once, Limits{});
            std::size_t scanned = 0;
            Result<std::size_t> grown = std::size_t(0);
            for (std::size_t size = 1; size <= c.bytes.size() && grown && *grown == 0; ++size)
                grown = find_header_end(std::string_view(c.bytes).substr(0, size), scanned, Limits{});
            BOOST_TEST_REQUIRE(grown.has_value() == whole.has_value());
            if (whole) BOOST_TEST(*grown == *whole);
            else BOOST_TEST(code_name(grown.error().code) == code_name(whole.error().code));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_header_that_grows_too_long_is_refused_before_its_end) {
    Limits const limits;
    std::size_t scanned = 0;
    std::string bytes = "GET / HTTP/1.1\r\n";
    while (bytes.size() < limits.header_bytes - 10) bytes += "X: 1\r\n";
    BOOST_TEST(find_header_end(bytes, scanned, limits).value() == 0u);
    bytes += std::string(100, 'a');
    BOOST_TEST(code_name(find_header_end(bytes, scanned, limits).error().code) == "header_too_large");
}

BOOST_AUTO_TEST_CASE(a_header_is_too_long_for_the_same_reason_however_its_bytes_arrive) {
    Limits limits;
    for (limits.header_bytes = 1; limits.header_bytes < 70; ++limits.header_bytes)
        for (std::string const bytes : {"GET /aa HTTP/1.0\r\n\n", "GET / HTTP/1.1\r\nHost: a\r\nX: yyyyyyyyyyyyyyyyyy\r\nY: 1\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: yyyyyyyyyyyyyyyyyy\r\n\r\nrest"})
            for (std::size_t first = 1; first <= bytes.size(); ++first) {
                std::size_t at_once = 0, scanned = 0;
                auto const whole = find_header_end(bytes, at_once, limits);
                auto grown = find_header_end(std::string_view(bytes).substr(0, first), scanned, limits);
                if (grown && *grown == 0) grown = find_header_end(bytes, scanned, limits);
                BOOST_TEST_CONTEXT(bytes << " of " << limits.header_bytes << ", first " << first) {
                    BOOST_TEST_REQUIRE(grown.has_value() == whole.has_value());
                    if (whole) BOOST_TEST(*grown == *whole);
                }
            }
}

BOOST_AUTO_TEST_CASE(the_connection_stays_or_ends_as_the_request_says) {
    struct Case {
        char const* header;
        bool keep_alive;
    };
    for (auto const& c :
         {Case{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true}, Case{"GET / HTTP/1.0\r\nHost: a\r\n\r\n", false},
          Case{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}, Case{"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
          Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
          Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, CLOSE\r\n\r\n", false},
          Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nConnection: close\r\n\r\n", false},
          Case{"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
          Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true},
          Case{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false},
          Case{"HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", false},
          Case{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", true}})
        BOOST_TEST_CONTEXT(c.header) BOOST_TEST(accepted(c.header).keep_alive == c.keep_alive);
}

BOOST_AUTO_TEST_CASE(an_expectation_counts_in_http_11_only) {
    BOOST_TEST(accepted("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n").expects_continue);
    BOOST_TEST(!accepted("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").expects_continue);
    BOOST_TEST(!accepted("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n").expects_continue);
}

// Bytes changed at random (always the same ones): whole and byte by byte must be judged alike, and where the guard lets a header
// through, Beast reads the same message in it or refuses it.
BOOST_AUTO_TEST_CASE(mutated_cases_are_judged_alike_by_guard_and_parser) {
    std::mt19937 random(2026);
    auto const pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    std::string const spice = "\r\n\0\t :;,/?#%0159afAF\x7f\x80\xff\v\""s;
    std::size_t let_through = 0, stopped = 0;
    for (int round = 0; round < 30'000; ++round) {
        auto const& c = test::wire_cases()[pick(test::wire_cases().size())];
        if (c.bytes.size() > 300) continue;
        std::string bytes = c.bytes;
        for (std::size_t change = 0; change <= pick(3); ++change) {
            std::size_t const at = pick(bytes.size());
            switch (pick(4)) {
                case 0: bytes[at] = spice[pick(spice.size())]; break;
                case 1: bytes.insert(at, 1, spice[pick(spice.size())]); break;
                case 2: bytes.erase(at, 1); break;
                default: bytes.insert(at, bytes.substr(pick(bytes.size()), pick(30))); break;
            }
        }
        std::size_t at_once = 0, scanned = 0;
        auto const whole = find_header_end(bytes, at_once, Limits{});
        Result<std::size_t> grown = std::size_t(0);
        for (std::size_t size = 1; size <= bytes.size() && grown && *grown == 0; ++size)
            grown = find_header_end(std::string_view(bytes).substr(0, size), scanned, Limits{});
        BOOST_TEST_REQUIRE(grown.has_value() == whole.has_value());
        if (!whole || *whole == 0) continue;
        BOOST_TEST_REQUIRE(*grown == *whole);
        auto header = std::string_view(bytes).substr(0, *whole);
        std::vector<routing::FieldView> fields;
        auto const framing = check_header(header, Limits{}, fields);
        if (!framing) {
            ++stopped;
            continue;
        }
        ++let_through;
        if (header.starts_with("\r\n")) header.remove_prefix(2);
        routing::Request request;
        RequestParser parser(request, Limits{});
        BOOST_TEST_CONTEXT(bytes) BOOST_TEST_REQUIRE(parser.take_header(header, *framing).has_value());
        ByBeast beast;
        boost::beast::error_code ec;
        beast.put(boost::asio::const_buffer(header.data(), header.size()), ec);
        BOOST_TEST_REQUIRE(!ec.failed());
        require_same(*framing, fields, beast.request);
    }
    BOOST_TEST(let_through > 1000u);
    BOOST_TEST(stopped > 1000u);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_judged_alike_however_it_is_split) {
    for (auto const& c : test::wire_cases()) {
        auto const end = c.bytes.find("\r\n\r\n");
        if (c.bytes.find("Transfer-Encoding: chunked\r\n\r\n") == c.bytes.npos || c.bytes.size() > 2000) continue;
        BOOST_TEST_CONTEXT(c.name) {
            auto const body = std::string_view(c.bytes).substr(end + 4);
            ChunkGuard whole(test::body_limit), split(test::body_limit);
            auto const at_once = whole.take(body);
            bool refused = false;
            std::size_t taken = 0;
            for (std::size_t i = 0; i < body.size() && !refused && !split.done(); ++i) {
                auto const step = split.take(body.substr(i, 1));
                refused = !step;
                taken += step ? *step : 0;
            }
            BOOST_TEST(refused == !at_once.has_value());
            BOOST_TEST(split.done() == whole.done());
            if (at_once) BOOST_TEST(taken == *at_once);
        }
    }
}

BOOST_AUTO_TEST_CASE(chunks_take_nothing_behind_their_end) {
    ChunkGuard chunks(100);
    BOOST_TEST(chunks.take("1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1").value() == 11u);
    BOOST_TEST(chunks.done());
    BOOST_TEST(chunks.take("GET").value() == 0u);
}

BOOST_AUTO_TEST_CASE(tiny_chunks_must_not_outweigh_the_body) {
    ChunkGuard chunks(1'000'000);
    std::string bytes;
    for (int i = 0; i < 10'000; ++i) bytes += "00000001\r\nx\r\n";
    BOOST_TEST(code_name(chunks.take(bytes).error().code) == "body_too_large");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http

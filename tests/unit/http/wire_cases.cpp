#include "unit/http/wire_cases.hpp"

namespace partnerd::http::test {

namespace {

using namespace std::string_literals;

std::string get(std::string const& fields) { return "GET /a HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n"; }
std::string post(std::string const& fields, std::string const& body) {
    return "POST /a HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n" + body;
}
std::string chunked(std::string const& body) { return post("Transfer-Encoding: chunked\r\n", body); }
std::string host(std::string const& value) { return "GET /a HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; }
std::string line(std::string const& request_line) { return request_line + "\r\nHost: example.com\r\n\r\n"; }
std::string fields(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "X-" + std::to_string(i) + ": 1\r\n";
    return text;
}

constexpr auto malformed = errc::malformed_request;

void add_request_lines(std::vector<WireCase>& cases) {
    for (auto& added :
         std::vector<WireCase>{{"an HTTP/0.9 request", "GET /\r\n\r\n", malformed},
                               {"no target", line("GET HTTP/1.1"), malformed},
                               {"an empty target", line("GET  HTTP/1.1"), malformed},
                               {"two spaces after the method", line("GET  /a HTTP/1.1"), malformed},
                               {"two spaces after the target", line("GET /a  HTTP/1.1"), malformed},
                               {"a tab between method and target", line("GET\t/a HTTP/1.1"), malformed},
                               {"a space before the method", line(" GET /a HTTP/1.1"), malformed},
                               {"a space after the version", line("GET /a HTTP/1.1 "), malformed},
                               {"an unencoded space in the target", line("GET /a b HTTP/1.1"), malformed},
                               {"an empty method", line(" /a HTTP/1.1"), malformed},
                               {"a method with a bracket", line("G(T /a HTTP/1.1"), malformed},
                               {"a method with a colon", line("GET: /a HTTP/1.1"), malformed},
                               {"a method with a slash", line("GE/T /a HTTP/1.1"), malformed},
                               {"a method with a NUL", line("GE\0T /a HTTP/1.1"s), malformed},
                               {"a method with a high byte", line("G\xc3\x84T /a HTTP/1.1"), malformed},
                               {"a method of 33 characters", line(std::string(33, 'A') + " /a HTTP/1.1"), malformed},
                               {"an absolute target", line("GET http://example.com/a HTTP/1.1"), malformed},
                               {"an absolute https target", line("GET https://example.com/a HTTP/1.1"), malformed},
                               {"an authority as target", line("GET example.com:80 HTTP/1.1"), malformed},
                               {"CONNECT", line("CONNECT example.com:443 HTTP/1.1"), errc::method_not_allowed},
                               {"CONNECT with a path", line("CONNECT /a HTTP/1.1"), errc::method_not_allowed},
                               {"an asterisk as target", line("OPTIONS * HTTP/1.1"), malformed},
                               {"a target without its slash", line("GET a HTTP/1.1"), malformed},
                               {"a target that begins with '?'", line("GET ?a=1 HTTP/1.1"), malformed},
                               {"a fragment in the target", line("GET /a#b HTTP/1.1"), malformed},
                               {"a high byte in the target", line("GET /\xc3\xa4 HTTP/1.1"), malformed},
                               {"a DEL in the target", line("GET /\x7f HTTP/1.1"), malformed},
                               {"a control character in the target", line("GET /a\x01 HTTP/1.1"), malformed},
                               {"a tab in the target", line("GET /a\tb HTTP/1.1"), malformed},
                               {"a NUL in the target", line("GET /a\0b HTTP/1.1"s), malformed},
                               {"a bare CR in the target", line("GET /a\rb HTTP/1.1"), malformed},
                               {"a target of 8193 bytes", line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), errc::target_too_long},
                               {"a request line without end", "GET /" + std::string(9000, 'a'), errc::target_too_long},
                               {"HTTP/1.2", line("GET /a HTTP/1.2"), errc::unsupported_version},
                               {"HTTP/2.0", line("GET /a HTTP/2.0"), errc::unsupported_version},
                               {"HTTP/3.0", line("GET /a HTTP/3.0"), errc::unsupported_version},
                               {"HTTP/0.9 by name", line("GET /a HTTP/0.9"), errc::unsupported_version},
                               {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", malformed},
                               {"HTTP/1", line("GET /a HTTP/1"), malformed},
                               {"HTTP/1.10", line("GET /a HTTP/1.10"), malformed},
                               {"HTTP/11", line("GET /a HTTP/11"), malformed},
                               {"HTTP/1,1", line("GET /a HTTP/1,1"), malformed},
                               {"http in lower case", line("GET /a http/1.1"), malformed},
                               {"another protocol", line("GET /a ICAP/1.0"), malformed},
                               {"two empty lines first", "\r\n\r\n" + get(""), malformed},
                               {"an empty line of LF first", "\n" + get(""), malformed},
                               {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s, malformed},
                               {"a method in lower case is another method", line("get /a HTTP/1.1"), {}},
                               {"a method nobody knows", line("BREW /a HTTP/1.1"), {}},
                               {"a method of 32 characters", line(std::string(32, 'A') + " /a HTTP/1.1"), {}},
                               {"a query", line("GET /a?b=c&d=%20 HTTP/1.1"), {}},
                               {"an unfilled macro in a query", line("GET /a?click={click_id}&x=a|b HTTP/1.1"), {}},
                               {"a target of 8192 bytes", line("GET /" + std::string(8191, 'a') + " HTTP/1.1"), {}},
                               {"one empty line first", "\r\n" + get(""), {}}})
        cases.push_back(std::move(added));
}

void add_hosts(std::vector<WireCase>& cases) {
    for (auto& added : std::vector<WireCase>{{"no Host", "GET /a HTTP/1.1\r\n\r\n", malformed},
                                             {"two Hosts", get("Host: example.com\r\n"), malformed},
                                             {"two different Hosts", get("Host: evil.example\r\n"), malformed},
                                             {"an empty Host", host(""), malformed},
                                             {"a Host with a space", host("exa mple.com"), malformed},
                                             {"a Host with a path", host("example.com/a"), malformed},
                                             {"a Host with a user", host("user@example.com"), malformed},
                                             {"a Host with a scheme", host("http://example.com"), malformed},
                                             {"a list of Hosts", host("a.example, b.example"), malformed},
                                             {"a Host with a high byte", host("ex\xc3\xa4mple.com"), malformed},
                                             {"a Host with a bad port", host("example.com:http"), malformed},
                                             {"a Host with a port that is too large", host("example.com:65536"), malformed},
                                             {"a Host with a port of six digits", host("example.com:000080"), malformed},
                                             {"a Host with an empty port", host("example.com:"), malformed},
                                             {"a Host that is only a port", host(":80"), malformed},
                                             {"a Host with two ports", host("example.com:80:80"), malformed},
                                             {"a Host with an open bracket", host("[::1"), malformed},
                                             {"a Host with a name in brackets", host("[example]"), malformed},
                                             {"a Host with text after the bracket", host("[::1]a"), malformed},
                                             {"a Host with a quote", host("exa\"mple.com"), malformed},
                                             {"a Host of 300 characters", host(std::string(300, 'a')), malformed},
                                             {"a Host with a port", host("example.com:8080"), {}},
                                             {"a Host that is an IPv4 address", host("127.0.0.1"), {}},
                                             {"a Host that is an IPv6 address", host("[2001:db8::1]"), {}},
                                             {"a Host that is an IPv6 address with a port", host("[::1]:8080"), {}},
                                             {"no Host in HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", {}}})
        cases.push_back(std::move(added));
}

void add_fields(std::vector<WireCase>& cases) {
    for (auto& added : std::vector<WireCase>{
             {"a folded field", get("X-A: 1\r\n 2\r\n"), malformed},
             {"a field folded with a tab", get("X-A: 1\r\n\t2\r\n"), malformed},
             {"a folded first field", "GET /a HTTP/1.1\r\n Host: example.com\r\n\r\n", malformed},
             {"a folded Transfer-Encoding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), malformed},
             {"a line that is only a space", get(" \r\n"), malformed},
             {"a space before the colon", get("X-A : 1\r\n"), malformed},
             {"a tab before the colon", get("X-A\t: 1\r\n"), malformed},
             {"a space before the colon of Content-Length", post("Content-Length : 3\r\n", "abc"), malformed},
             {"a space in a name", get("X A: 1\r\n"), malformed},
             {"an empty name", get(": 1\r\n"), malformed},
             {"no colon", get("X-A\r\n"), malformed},
             {"a name with a bracket", get("X(A: 1\r\n"), malformed},
             {"a name with a high byte", get("X-\xc3\xa4: 1\r\n"), malformed},
             {"a name with a NUL", get("X-\0A: 1\r\n"s), malformed},
             {"a NUL in a value", get("X-A: 1\0 2\r\n"s), malformed},
             {"a NUL in the Host", host("example.com\0"s), malformed},
             {"a bell in a value", get("X-A: \a\r\n"), malformed},
             {"an escape in a value", get("X-A: \x1b[2J\r\n"), malformed},
             {"a DEL in a value", get("X-A: \x7f\r\n"), malformed},
             {"a bare CR in a value", get("X-A: 1\rX-B: 2\r\n"), malformed},
             {"a bare LF after a field", "GET /a HTTP/1.1\r\nHost: example.com\nX-A: 1\r\n\r\n", malformed},
             {"bare LFs only", "GET /a HTTP/1.1\nHost: example.com\n\n", malformed},
             {"a bare LF at the end of the header", "GET /a HTTP/1.1\r\nHost: example.com\r\n\n", malformed},
             {"LF CR at the end of a line", "GET /a HTTP/1.1\n\rHost: example.com\n\r\n\r", malformed},
             {"two CRs before the LF", "GET /a HTTP/1.1\r\r\nHost: example.com\r\n\r\n", malformed},
             {"101 fields", get(fields(100)), errc::header_too_large},
             {"900 fields", get(fields(900)), errc::header_too_large},
             {"a field of 17 KB", get("X-A: " + std::string(17 * 1024, 'a') + "\r\n"), errc::header_too_large},
             {"a header without end", "GET /a HTTP/1.1\r\nHost: example.com\r\nX-A: " + std::string(20 * 1024, 'a'),
              errc::header_too_large},
             {"many long fields", get("X-A: " + std::string(8000, 'a') + "\r\nX-B: " + std::string(9000, 'b') + "\r\n"),
              errc::header_too_large},
             {"another expectation", post("Expect: 200-ok\r\nContent-Length: 3\r\n", "abc"), errc::expectation_failed},
             {"two expectations in one", post("Expect: 100-continue, x\r\nContent-Length: 3\r\n", "abc"), errc::expectation_failed},
             {"an empty expectation", post("Expect:\r\nContent-Length: 3\r\n", "abc"), errc::expectation_failed},
             {"a Trailer field", post("Trailer: X-A\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), malformed},
             {"a Connection that is no list of tokens", get("Connection: keep alive\r\n"), malformed},
             {"a Connection with a quote", get("Connection: \"close\"\r\n"), malformed},
             {"100 fields", get(fields(99)), {}},
             {"a field of 15 KB", get("X-A: " + std::string(15 * 1024, 'a') + "\r\n"), {}},
             {"an empty value", get("X-A:\r\n"), {}},
             {"no space after the colon", get("X-A:1\r\n"), {}},
             {"spaces and tabs around a value", get("X-A: \t 1 \t\r\n"), {}},
             {"UTF-8 in a value", get("User-Agent: M\xc3\xbcller\r\n"), {}},
             {"a field twice", get("X-A: 1\r\nX-A: 2\r\n"), {}},
             {"two Authorizations", get("Authorization: Bearer a\r\nauthorization: Bearer b\r\n"), malformed},
             {"two Idempotency-Keys", get("Idempotency-Key: a\r\nIdempotency-Key: a\r\n"), malformed},
             {"two Content-Types", get("Content-Type: text/plain\r\nContent-Type: application/json\r\n"), malformed},
             {"Upgrade: h2c", get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), {}},
             {"Upgrade: websocket", get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), {}},
             {"TE: trailers", get("TE: trailers\r\n"), {}},
             {"an empty element in Connection", get("Connection: , close\r\n"), {}}})
        cases.push_back(std::move(added));
}

void add_lengths(std::vector<WireCase>& cases) {
    auto const length = [](std::string const& value) { return post("Content-Length: " + value + "\r\n", "hello"); };
    for (auto& added : std::vector<WireCase>{
             {"two equal Content-Lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), malformed},
             {"two different Content-Lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), malformed},
             {"two Content-Lengths in other letters", post("Content-Length: 5\r\ncontent-length: 5\r\n", "hello"), malformed},
             {"a list of Content-Lengths", length("5, 5"), malformed},
             {"a list with an empty end", length("5,"), malformed},
             {"an empty Content-Length", length(""), malformed},
             {"+5", length("+5"), malformed},
             {"-1", length("-1"), malformed},
             {"0x5", length("0x5"), malformed},
             {"5.0", length("5.0"), malformed},
             {"5e0", length("5e0"), malformed},
             {"5 5", length("5 5"), malformed},
             {"a quoted 5", length("\"5\""), malformed},
             {"letters", length("five"), malformed},
             {"2 to the 64", length("18446744073709551616"), malformed},
             {"2 to the 64 and 5", length("18446744073709551621"), malformed},
             {"thirty digits", length("000000000000000000000000000005"), malformed},
             {"one byte more than the route takes", post("Content-Length: 1001\r\n", ""), errc::body_too_large},
             {"a huge length", post("Content-Length: 999999999999999999\r\n", ""), errc::body_too_large},
             {"a body", length("5"), {}},
             {"a length with zeros in front", length("0005"), {}},
             {"a length of nothing", post("Content-Length: 0\r\n", ""), {}},
             {"no length is no body", post("", ""), {}},
             {"as much as the route takes", post("Content-Length: 1000\r\n", std::string(1000, 'x')), {}},
             {"a GET with a body", get("Content-Length: 5\r\n") + "hello", {}},
             {"a DELETE with a body", "DELETE /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\n\r\n{}", {}},
             {"a body that looks like a request", post("Content-Length: 38\r\n", "GET /b HTTP/1.1\r\nHost: example.com\r\n\r\n"), {}},
             {"a TRACE with a body", "TRACE /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\n\r\nab", malformed},
             {"Expect: 100-continue with its body", post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"), {}}})
        cases.push_back(std::move(added));
}

void add_codings(std::vector<WireCase>& cases) {
    auto const coding = [](std::string const& value) { return post("Transfer-Encoding: " + value + "\r\n", "5\r\nhello\r\n0\r\n\r\n"); };
    for (auto& added : std::vector<WireCase>{
             {"gzip, then a Content-Length", post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"), malformed},
             {"a Content-Length, then gzip", post("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", "hello"), malformed},
             {"chunked, then a Content-Length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), malformed},
             {"a Content-Length, then chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), malformed},
             {"chunked and a Content-Length of 0", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), malformed},
             {"chunked, gzip", coding("chunked, gzip"), malformed},
             {"gzip, chunked", coding("gzip, chunked"), malformed},
             {"chunked, chunked", coding("chunked, chunked"), malformed},
             {"chunked and an empty element", coding("chunked,"), malformed},
             {"an empty element and chunked", coding(", chunked"), malformed},
             {"xchunked", coding("xchunked"), malformed},
             {"chunkedx", coding("chunkedx"), malformed},
             {"gzip alone", coding("gzip"), malformed},
             {"identity", coding("identity"), malformed},
             {"identity with a length", post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello"), malformed},
             {"an empty coding", coding(""), malformed},
             {"chunked with a parameter", coding("chunked;q=1"), malformed},
             {"chunked in quotes", coding("\"chunked\""), malformed},
             {"chunked after a vertical tab", coding("\vchunked"), malformed},
             {"two Transfer-Encodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), malformed},
             {"two different Transfer-Encodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
              malformed},
             {"chunked in HTTP/1.0", "POST /a HTTP/1.0\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", malformed},
             {"chunked in HTTP/1.0 with a length",
              "POST /a HTTP/1.0\r\nHost: example.com\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", malformed},
             {"chunked in capitals", coding("Chunked"), {}},
             {"chunked", coding("chunked"), {}}})
        cases.push_back(std::move(added));
}

void add_chunks(std::vector<WireCase>& cases) {
    std::string tiny;
    for (int i = 0; i < 1000; ++i) tiny += "00000001\r\nx\r\n";
    for (auto& added : std::vector<WireCase>{
             {"a chunk extension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk extension on the last chunk", chunked("5\r\nhello\r\n0;a\r\n\r\n"), malformed},
             {"a chunk extension of 20 KB", chunked("5;" + std::string(20'000, 'a') + "\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a quoted chunk extension with a line end", chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a space after the chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), malformed},
             {"a space before the chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a trailer", chunked("5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n"), malformed},
             {"an Authorization in a trailer", chunked("5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\n\r\n"), malformed},
             {"a Content-Length in a trailer", chunked("5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n"), malformed},
             {"no chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), malformed},
             {"0x5", chunked("0x5\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a signed chunk size", chunked("+5\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a negative chunk size", chunked("-5\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk size with a letter", chunked("5g\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk size of nine digits", chunked("000000005\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk size beyond 64 bits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk longer than its size", chunked("4\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a chunk shorter than its size", chunked("6\r\nhello\r\n0\r\n\r\n"), malformed},
             {"a bare LF after the chunk size", chunked("5\nhello\r\n0\r\n\r\n"), malformed},
             {"a bare CR after the chunk size", chunked("5\rhello\r\n0\r\n\r\n"), malformed},
             {"a bare LF after the chunk", chunked("5\r\nhello\n0\r\n\r\n"), malformed},
             {"a bare LF after the last chunk", chunked("5\r\nhello\r\n0\n\r\n"), malformed},
             {"a bare LF at the end", chunked("5\r\nhello\r\n0\r\n\n"), malformed},
             {"a NUL in the chunk size", chunked("5\0\r\nhello\r\n0\r\n\r\n"s), malformed},
             {"more than the route takes in one chunk", chunked("3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n"),
              errc::body_too_large},
             {"more than the route takes in two chunks", chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"),
              errc::body_too_large},
             {"a chunk of 4 GB", chunked("ffffffff\r\n"), errc::body_too_large},
             {"chunks in upper and lower case", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), {}},
             {"a chunk size with zeros", chunked("0005\r\nhello\r\n000\r\n\r\n"), {}},
             {"no body in chunks", chunked("0\r\n\r\n"), {}},
             {"chunks of one byte", chunked("1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n"), {}},
             {"a thousand chunks of one byte", chunked(tiny + "0\r\n\r\n"), {}},
             {"as much as the route takes in chunks", chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n"), {}},
             {"a chunk that looks like the end", chunked("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), {}}})
        cases.push_back(std::move(added));
}

}  // namespace

std::vector<WireCase> const& wire_cases() {
    static auto const cases = [] {
        std::vector<WireCase> all;
        add_request_lines(all);
        add_hosts(all);
        add_fields(all);
        add_lengths(all);
        add_codings(all);
        add_chunks(all);
        return all;
    }();
    return cases;
}

}  // namespace partnerd::http::test

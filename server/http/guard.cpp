#include "http/guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "domain/bytes.hpp"
#include "http/ascii.hpp"

namespace partnerd::http {

namespace {

constexpr std::size_t max_method_bytes = 32;
constexpr std::size_t max_host_bytes = 255 + 6;  // a name, a colon, a port
constexpr std::size_t max_length_digits = 18;    // fits 63 bits

using Table = std::array<bool, 256>;

constexpr Table make_table(std::string_view others) {
    Table table{};
    for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (char c : others) table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr Table token_chars = make_table("!#$%&'*+-.^_`|~");  // RFC 9110, 5.6.2
constexpr Table host_chars = make_table("-._");
constexpr Table hex_chars = [] {
    Table table{};
    for (char c : std::string_view("0123456789abcdefABCDEF")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool all_in(Table const& table, std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [&](char c) { return table[static_cast<unsigned char>(c)]; });
}

bool is_token(std::string_view text) noexcept { return !text.empty() && all_in(token_chars, text); }

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

std::string_view trim_spaces(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

Error malformed(char const* detail) { return Error(errc::malformed_request, detail); }

// The next line without its CRLF; the header is known to end with an empty line, so that CRLF is always found.
std::string_view take_line(std::string_view& rest) noexcept {
    auto const end = find_near(rest, '\n');
    auto const line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return line;
}

bool is_port(std::string_view text) noexcept {
    unsigned port = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && text.size() <= 5 && ec == std::errc() && end == text.data() + text.size() && port <= 65535;
}

// name, name:port, [v6], [v6]:port (RFC 9110, 7.2, without userinfo and escapes, which no browser sends).
bool is_host(std::string_view text) noexcept {
    if (text.empty() || text.size() > max_host_bytes) return false;
    std::string_view port;
    if (text.front() == '[') {
        auto const end = text.find(']');
        if (end == text.npos) return false;
        auto const inside = text.substr(1, end - 1);
        auto const v6 = [](char c) { return hex_chars[static_cast<unsigned char>(c)] || c == ':' || c == '.'; };
        if (inside.size() < 2 || inside.find(':') == inside.npos || !std::all_of(inside.begin(), inside.end(), v6)) return false;
        port = text.substr(end + 1);
    } else {
        auto const end = text.find(':');
        auto const name = text.substr(0, end);
        if (name.empty() || !all_in(host_chars, name)) return false;
        port = end == text.npos ? std::string_view() : text.substr(end);
    }
    return port.empty() || (port.front() == ':' && is_port(port.substr(1)));
}

Status check_version(std::string_view text, Framing& framing) {
    bool const shaped = text.size() == 8 && text.starts_with("HTTP/") && text[5] >= '0' && text[5] <= '9' && text[6] == '.' &&
                        text[7] >= '0' && text[7] <= '9';
    if (!shaped) return malformed("The request line must end with HTTP/1.1");
    if (text[5] != '1' || text[7] > '1') return Error(errc::unsupported_version, "This server speaks HTTP/1.1 and HTTP/1.0");
    framing.version = 10 + (text[7] - '0');
    framing.keep_alive = framing.version == 11;
    return {};
}

Status check_request_line(std::string_view line, Limits const& limits, Framing& framing) {
    auto const first = line.find(' ');
    if (first == line.npos) return malformed("The request line must be a method, a target and a version");
    framing.method = line.substr(0, first);
    if (framing.method.size() > max_method_bytes || !is_token(framing.method)) return malformed("The method is not a token");
    auto const second = line.find(' ', first + 1);
    if (second == line.npos) return malformed("The request line must be a method, a target and a version");
    framing.target = line.substr(first + 1, second - first - 1);
    if (framing.target.size() > limits.target_bytes) return Error(errc::target_too_long);
    if (framing.method == "CONNECT") return Error(errc::method_not_allowed, "This server is no proxy");
    if (framing.target.empty() || framing.target.front() != '/') return malformed("The target must be a path that begins with '/'");
    auto const visible = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
    if (!std::all_of(framing.target.begin(), framing.target.end(), visible))
        return malformed("The target has a character that must be percent-encoded");
    return check_version(line.substr(second + 1), framing);
}

struct Seen {
    bool plain = false;  // no control characters but tabs, and no CR that is not before a LF
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    int authorizations = 0, idempotency_keys = 0, content_types = 0;
    bool close = false;
    bool keep_alive = false;
};

Status check_length(std::string_view value, Seen& seen, Framing& framing) {
    if (++seen.lengths > 1) return malformed("There must be one Content-Length");
    auto const digit = [](char c) { return c >= '0' && c <= '9'; };
    if (value.empty() || value.size() > max_length_digits || !std::all_of(value.begin(), value.end(), digit))
        return malformed("Content-Length must be a decimal number");
    std::from_chars(value.data(), value.data() + value.size(), framing.content_length);
    return {};
}

Status check_connection(std::string_view value, Seen& seen) {
    while (true) {
        auto const comma = value.find(',');
        auto const option = trim_spaces(value.substr(0, comma));
        if (!option.empty() && !is_token(option)) return malformed("The Connection header must be a list of tokens");
        if (same_ascii(option, "close")) seen.close = true;
        if (same_ascii(option, "keep-alive")) seen.keep_alive = true;
        if (comma == value.npos) return {};
        value.remove_prefix(comma + 1);
    }
}

Status check_field(std::string_view name, std::string_view value, Seen& seen, Framing& framing) {
    switch (name.size()) {
        case 4:
            if (!same_ascii(name, "host")) break;
            if (++seen.hosts > 1) return malformed("There must be one Host");
            if (!is_host(value)) return malformed("The Host is not a host name");
            break;
        case 6:
            if (!same_ascii(name, "expect")) break;
            if (!same_ascii(value, "100-continue")) return Error(errc::expectation_failed, "Only 100-continue is understood");
            framing.expects_continue = true;
            break;
        case 7:
            if (same_ascii(name, "trailer")) return malformed("Trailers are not taken");
            break;
        case 10:
            if (same_ascii(name, "connection")) return check_connection(value, seen);
            break;
        case 12:
            if (same_ascii(name, "content-type") && ++seen.content_types > 1) return malformed("There must be one Content-Type");
            break;
        case 13:
            // Which of two keys is meant? A proxy in front may think otherwise.
            if (same_ascii(name, "authorization") && ++seen.authorizations > 1) return malformed("There must be one Authorization");
            break;
        case 15:
            if (same_ascii(name, "idempotency-key") && ++seen.idempotency_keys > 1) return malformed("There must be one Idempotency-Key");
            break;
        case 14:
            if (same_ascii(name, "content-length")) return check_length(value, seen, framing);
            break;
        case 17:
            if (!same_ascii(name, "transfer-encoding")) break;
            if (++seen.codings > 1 || !same_ascii(value, "chunked")) return malformed("Transfer-Encoding must be exactly one 'chunked'");
            framing.chunked = true;
            break;
        default: break;
    }
    return {};
}

bool is_control(char c) noexcept { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

// The usual header, known by one pass; what is wrong with another is told line by line. A CR is looked for by its LF, which is one
// byte further; a CR at the very end is no line's.
bool is_plain(std::string_view header) noexcept {
    auto const odd = [](Bytes v) { return ((v < 0x20) & (v != '\t') & (v != '\r') & (v != '\n')) | (v == 0x7f); };
    ByteMask bad{};
    std::size_t i = 0;
    for (; i + sizeof(Bytes) < header.size(); i += sizeof(Bytes)) {
        auto const here = bytes_at(header.data() + i);
        bad |= odd(here) | ((here == '\r') & (bytes_at(header.data() + i + 1) != '\n'));
    }
    if (any(bad) || any_byte(header.substr(i), odd)) return false;
    for (; i + 1 < header.size(); ++i)
        if (header[i] == '\r' && header[i + 1] != '\n') return false;
    return true;
}

Status check_line(std::string_view line, Seen& seen, Framing& framing, std::vector<routing::FieldView>& fields) {
    if (is_space(line.front())) return malformed("A header field must not be folded over lines");
    std::size_t colon = 0;
    while (colon < line.size() && token_chars[static_cast<unsigned char>(line[colon])]) ++colon;
    if (colon == line.size() || line[colon] != ':') {
        if (line.find(':') == line.npos) return malformed("A header field must be a name, a colon and a value");
        return malformed("The name of a header field is not a token");
    }
    if (colon == 0) return malformed("The name of a header field is not a token");
    auto const name = line.substr(0, colon);
    auto const value = trim_spaces(line.substr(colon + 1));
    if (!seen.plain && std::any_of(value.begin(), value.end(), is_control)) return malformed("A header field has a control character");
    fields.push_back({name, value});
    return check_field(name, value, seen, framing);
}

// What only the whole header tells.
Status check_together(Seen const& seen, Framing& framing) {
    if (seen.hosts == 0 && framing.version == 11) return malformed("The Host header is missing");
    if (framing.chunked && framing.version == 10) return malformed("Transfer-Encoding needs HTTP/1.1");
    if (framing.chunked && seen.lengths > 0) return malformed("Content-Length and Transfer-Encoding exclude each other");
    if (framing.method == "TRACE" && framing.has_body()) return malformed("TRACE has no body");
    if (framing.version == 10) framing.expects_continue = false;  // RFC 9110, 10.1.1: ignored from HTTP/1.0
    if (framing.version == 10) framing.keep_alive = seen.keep_alive;
    if (seen.close) framing.keep_alive = false;
    // Nothing means a body on GET; some front ends do not forward it, so that the bytes could be taken for a request.
    if (framing.has_body() && (framing.method == "GET" || framing.method == "HEAD")) framing.keep_alive = false;
    return {};
}

}  // namespace

namespace {

// The first place, between `from` and `end`, near which a line ends without a CR or an empty one ends; sixteen bytes at a time, so that it
// may stand up to fifteen bytes further on.
std::size_t skip_full_lines(std::string_view bytes, std::size_t from, std::size_t end) noexcept {
    std::size_t i = std::max<std::size_t>(from, 2);
    if (bytes.substr(0, i).find('\n', from) != bytes.npos) return from;
    for (; i + sizeof(Bytes) <= end; i += sizeof(Bytes)) {
        auto const ends = bytes_at(bytes.data() + i) == '\n';
        auto const plain = (bytes_at(bytes.data() + i - 1) == '\r') & (bytes_at(bytes.data() + i - 2) != '\n');
        if (any(ends & ~plain)) break;
    }
    return i;
}

}  // namespace

Result<std::size_t> find_header_end(std::string_view bytes, std::size_t& scanned, Limits const& limits) {
    std::size_t const skipped = bytes.starts_with("\r\n") ? 2 : 0;
    if (scanned < skipped) scanned = skipped;
    for (auto from = skip_full_lines(bytes, scanned, std::min(bytes.size(), skipped + limits.header_bytes));;) {
        auto const end = bytes.find('\n', from);
        if (end == bytes.npos) break;
        if (end == 0 || bytes[end - 1] != '\r') return malformed("A line must end with CR LF");
        if (end + 1 - skipped > limits.header_bytes) return Error(errc::header_too_large);
        bool const empty_line = end == skipped + 1 || (end >= skipped + 3 && bytes[end - 2] == '\n');
        from = end + 1;
        if (empty_line) return end + 1;
    }
    // `scanned` stays at the beginning of the unfinished line.
    if (auto const* const last = static_cast<char const*>(::memrchr(bytes.data() + scanned, '\n', bytes.size() - scanned)))
        scanned = static_cast<std::size_t>(last - bytes.data()) + 1;
    std::size_t const line_bytes = bytes.size() - scanned;
    if (scanned == skipped && line_bytes > max_method_bytes + limits.target_bytes + 11) return Error(errc::target_too_long);
    if (bytes.size() > skipped + limits.header_bytes) return Error(errc::header_too_large);
    return std::size_t(0);
}

Result<Framing> check_header(std::string_view header, Limits const& limits, std::vector<routing::FieldView>& fields) {
    Framing framing;
    fields.clear();
    if (header.starts_with("\r\n")) header.remove_prefix(2);
    Seen seen;
    seen.plain = is_plain(header);
    if (!seen.plain && header.find('\0') != header.npos) return malformed("The header has a NUL byte");
    if (auto status = check_request_line(take_line(header), limits, framing); !status) return status.error();
    while (true) {
        auto const line = take_line(header);
        if (line.empty()) break;
        if (fields.size() == limits.header_fields) return Error(errc::header_too_large, "There are too many header fields");
        if (auto status = check_line(line, seen, framing, fields); !status) return status.error();
    }
    if (auto status = check_together(seen, framing); !status) return status.error();
    return framing;
}

}  // namespace partnerd::http

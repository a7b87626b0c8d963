#include "http/answer.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "domain/bytes.hpp"
#include "domain/text.hpp"
#include "http/ascii.hpp"

namespace partnerd::http {

namespace {

// A name in one line and one word: for any_byte(), a byte that is neither a blank nor one of these.
bool is_field_name(std::string_view name) noexcept {
    if (name.empty() || name.find(' ') != name.npos) return false;
    return !any_byte(name, [](Bytes v) { return (v == ':') | (v == '\t') | (v == '\n') | (v == '\r') | (v == 0); });
}

bool is_framing(std::string_view name) noexcept {
    return same_ascii(name, "content-length") || same_ascii(name, "connection") || same_ascii(name, "transfer-encoding") ||
           same_ascii(name, "date") || same_ascii(name, "content-type") || same_ascii(name, "x-request-id") ||
           same_ascii(name, "keep-alive");
}

bool sendable(routing::Response const& response) noexcept {
    if (response.status < 200 || response.status > 599 || !is_one_line(response.content_type)) return false;
    return std::all_of(response.headers.begin(), response.headers.end(), [](routing::Field const& field) {
        return is_field_name(field.name) && is_one_line(field.value);
    });
}

void append_number(std::string& out, std::uint64_t value) {
    char buffer[20];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

// The route's own fields, and the defaults of those that it left out.
void append_fields(std::string& out, routing::Response const& response) {
    bool cached = false, sniffed = false;
    for (auto const& field : response.headers) {
        if (is_framing(field.name)) continue;
        cached = cached || same_ascii(field.name, "cache-control");
        sniffed = sniffed || same_ascii(field.name, "x-content-type-options");
        append_field(out, field.name, field.value);
    }
    if (!cached) out += "Cache-Control: no-store\r\n";
    if (!sniffed) out += "X-Content-Type-Options: nosniff\r\n";
}

}  // namespace

void append_answer(std::string& out, routing::Response const& response, AnswerFacts const& facts) {
    if (!sendable(response)) {
        routing::Response defect;
        defect.problem(Error(errc::internal));
        return append_answer(out, defect, facts);
    }
    bool const bodyless = response.status == 204 || response.status == 304;
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
    append_field(out, "Date", facts.date);
    append_field(out, "X-Request-Id", facts.request_id);
    if (!bodyless && !response.body.empty() && !response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    append_fields(out, response);
    if (!bodyless) {
        out += "Content-Length: ";
        append_number(out, response.body.size());
        out += "\r\n";
    }
    if (facts.close) out += "Connection: close\r\n";
    else if (facts.http10) out += "Connection: keep-alive\r\n";
    out += "\r\n";
    if (!bodyless && !facts.head) out += response.body;
}

std::string http_date(std::int64_t at_us) {
    static constexpr char const* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr char const* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::time_t const seconds = static_cast<std::time_t>(at_us / 1'000'000);
    std::tm t{};
    gmtime_r(&seconds, &t);
    char buffer[64];
    int const size = std::snprintf(buffer, sizeof buffer, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
                                   months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    return std::string(buffer, static_cast<std::size_t>(size));
}

std::string_view reason_phrase(int status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "";
    }
}

}  // namespace partnerd::http

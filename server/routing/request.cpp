#include "routing/request.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>

#include "domain/text.hpp"

namespace partnerd::routing {

namespace {

constexpr std::size_t max_pairs = 100;
constexpr std::size_t spare_fields_max = 8, spare_bytes_max = 512;

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_unreserved(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

// A line end inside a header would let its author write the rest of the answer.
void require_one_line(std::string_view name, std::string_view value) {
    if (name.empty() || !is_one_line(name) || !is_one_line(value)) throw std::invalid_argument("a response header must be one line");
}

// '+' is a space here and %XX a byte, as HTML forms write them.
Result<std::string> form_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int const high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        int const low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return Error(errc::invalid_query, "'%' must be followed by two hexadecimal digits");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    if (out.find('\0') != out.npos) return Error(errc::invalid_query, "a parameter must not contain a NUL byte");
    if (!is_utf8(out)) return Error(errc::invalid_query, "a parameter must be UTF-8");
    return out;
}

// The next "name=value" of a query, which moves on.
std::string_view take_pair(std::string_view& text) noexcept {
    auto const end = text.find('&');
    auto const pair = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    return pair;
}

Result<std::pair<std::string, std::string>> decode_pair(std::string_view pair) {
    auto const equals = pair.find('=');
    auto name = form_decode(pair.substr(0, equals));
    if (!name) return name.error();
    auto value = form_decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1));
    if (!value) {
        auto error = value.error();
        error.field = *name;
        return error;
    }
    return std::pair{std::move(*name), std::move(*value)};
}

}  // namespace

std::string_view Request::header(std::string_view name) const noexcept {
    auto const* const field = find_header(name);
    return field == nullptr ? std::string_view() : field->value;
}

void Request::add_header(std::string_view name, std::string_view value) {
    auto const& field = own_.emplace_back(Field{std::string(name), std::string(value)});
    headers.push_back({field.name, field.value});
}

void Request::own_headers() {
    auto const views = std::exchange(headers, {});
    std::list<Field> const before = std::move(own_);  // what the views may point to
    own_.clear();
    for (auto const& field : views) add_header(field.name, field.value);
}

FieldView const* Request::find_header(std::string_view name) const noexcept {
    for (auto const& field : headers)
        if (field.name == name) return &field;
    return nullptr;
}

std::string_view Request::cookie(std::string_view name) const noexcept {
    for (auto const& field : headers) {
        if (field.name != "cookie") continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            auto const end = rest.find(';');
            auto const pair = trim(rest.substr(0, end));
            rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
            auto const equals = pair.find('=');
            if (equals == pair.npos || pair.substr(0, equals) != name) continue;
            auto value = pair.substr(equals + 1);
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
            return value;
        }
    }
    return {};
}

std::optional<std::string_view> Request::param(std::string_view name, std::size_t nth) const noexcept {
    for (auto const& [key, value] : params) {
        if (key != name) continue;
        if (nth == 0) return value;
        --nth;
    }
    return std::nullopt;
}

void Request::clear() {
    method.clear();
    target.clear();
    headers.clear();
    own_.clear();
    body.clear();
    client_ip.clear();
    from_operator = false;
    request_id.clear();
    principal.kind = PrincipalKind::none;
    principal.id = 0;
    principal.key = 0;
    principal.test = false;
    principal.scopes.clear();
    program = 0;
    arrived_us = 0;
    params.clear();
    said.reset();
}

void Response::set_header(std::string_view name, std::string_view value) {
    require_one_line(name, value);
    auto const is_it = [&](Field const& field) { return field.name.size() == name.size() && same_name(field.name, name); };
    if (std::any_of(headers.begin(), headers.end(), is_it)) std::erase_if(headers, is_it);
    append(name, value);
}

void Response::add_header(std::string_view name, std::string_view value) {
    require_one_line(name, value);
    append(name, value);
}

void Response::append(std::string_view name, std::string_view value) {
    if (spare_.empty()) headers.emplace_back();
    else {
        headers.push_back(std::move(spare_.back()));
        spare_.pop_back();
    }
    headers.back().name = name;
    headers.back().value = value;
}

namespace {

// A plugin that hands on what the core refused says it under the core's code, and so with its title.
std::string_view title_of_foreign(std::string_view code) {
    static constexpr errc all[] = {
#define PARTNERD_ERROR(code, status, title) errc::code,
#include "domain/errors.def"
#undef PARTNERD_ERROR
    };
    for (auto const known : all)
        if (code_name(known) == code) return title(known);
    return "The program type refused the request";
}

}  // namespace

void Response::problem(Error const& error) {
    bool const foreign = !error.foreign_code.empty();
    status = foreign && error.foreign_status != 0 ? error.foreign_status : http_status(error.code);
    content_type = "application/problem+json";
    std::string const name(error.name());
    boost::json::object members;
    members["type"] = "urn:partnerd:error:" + name;
    members["title"] = foreign ? title_of_foreign(error.foreign_code) : title(error.code);
    members["status"] = status;
    if (!error.detail.empty() && is_utf8(error.detail)) members["detail"] = error.detail;
    members["code"] = name;
    if (!error.field.empty() && is_utf8(error.field)) members["pointer"] = error.field;
    body = boost::json::serialize(members);
    if (status == 503) set_header("retry-after", error.code == errc::storage_full ? "30" : "1");
}

void Response::clear() {
    status = 200;
    for (auto& field : headers)
        if (spare_.size() < spare_fields_max && field.value.capacity() <= spare_bytes_max) spare_.push_back(std::move(field));
    headers.clear();
    body.clear();
    content_type = "application/json";
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty()) {
        auto const pair = take_pair(text);
        if (pair.empty()) continue;
        if (pairs.size() == max_pairs) return Error(errc::invalid_query, "at most 100 parameters are taken");
        auto decoded = decode_pair(pair);
        if (!decoded) return decoded.error();
        pairs.push_back(std::move(*decoded));
    }
    return pairs;
}

std::vector<std::pair<std::string, std::string>> readable_query(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty() && pairs.size() < max_pairs) {
        auto const pair = take_pair(text);
        if (pair.empty()) continue;
        if (auto decoded = decode_pair(pair)) pairs.push_back(std::move(*decoded));
    }
    return pairs;
}

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

}  // namespace partnerd::routing

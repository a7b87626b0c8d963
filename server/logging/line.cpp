#include "logging/line.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "domain/text.hpp"
#include "logging/scrub.hpp"

namespace partnerd::logging {

namespace {

std::string timestamp(std::int64_t at_us) {
    using namespace std::chrono;
    sys_time<milliseconds> const at{floor<milliseconds>(microseconds(at_us))};
    auto const day = floor<days>(at);
    year_month_day const date(day);
    hh_mm_ss const time(at - day);
    char out[40];
    std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return out;
}

template <class Number>
std::string digits(Number number) {
    std::array<char, 32> out{};
    auto const end = std::to_chars(out.data(), out.data() + out.size(), number).ptr;
    return std::string(out.data(), end);
}

void append_hex(std::string& out, unsigned char byte) {
    constexpr char hex[] = "0123456789abcdef";
    out += "\\x";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

// U+0080 to U+009F: a terminal may take them for escape sequences.
bool is_c1_control(std::string_view text, std::size_t at) {
    return text[at] == '\xc2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

std::string encode_controls(std::string_view text) {
    bool const utf8 = is_utf8(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n') out += "\\n";
        else if (byte == '\r') out += "\\r";
        else if (byte == '\t') out += "\\t";
        else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) append_hex(out, byte);
        else if (is_c1_control(text, i)) append_hex(out, static_cast<unsigned char>(text[++i]));
        else out += text[i];
    }
    return out;
}

std::string text_value(std::string_view value) {
    bool const bare = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos && !has_control(value);
    if (bare) return encode_controls(value);
    std::string quoted = "\"";
    for (char const c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return encode_controls(quoted) + '"';
}

void append_json_text(std::string& out, std::string_view text) {
    bool const utf8 = is_utf8(text);
    out += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (out += '\\') += c;
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c == '\t') out += "\\t";
        else if (byte < 0x20 || byte == 0x7f) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(byte));
            out += code;
        } else if (byte >= 0x80 && !utf8) out += "\\ufffd";
        else out += c;
    }
    out += '"';
}

std::string masked(Field const& field) { return names_a_secret(field.key) ? "***" : scrub(field.text); }

std::string unquoted(Field const& field) {
    switch (field.kind) {
        case Field::Kind::integer: return digits(field.integer);
        case Field::Kind::number: return digits(field.number);
        case Field::Kind::boolean: return field.integer != 0 ? "true" : "false";
        case Field::Kind::text: break;
    }
    return masked(field);
}

void append_json_value(std::string& out, Field const& field) {
    if (field.kind == Field::Kind::text) return append_json_text(out, masked(field));
    bool const no_number = field.kind == Field::Kind::number && !std::isfinite(field.number);
    out += no_number ? "null" : unquoted(field);
}

struct Look {
    std::string_view name, colour;
};
constexpr Look looks[] = {{"TRACE", "\033[90m"}, {"DEBUG", "\033[36m"}, {"INFO ", "\033[32m"},
                          {"WARN ", "\033[33m"}, {"ERROR", "\033[31m"}, {"OFF  ", ""}};
constexpr std::string_view grey = "\033[90m", plain = "\033[0m";

std::string paint(std::string_view text, std::string_view colour, bool on) {
    if (!on) return std::string(text);
    return std::string(colour).append(text).append(plain);
}

bool is_reserved(std::string_view key) { return key == "at" || key == "level" || key == "message"; }

}  // namespace

std::string text_line(Event const& event, bool colour) {
    auto const& look = looks[static_cast<int>(event.level)];
    std::string out = paint(timestamp(event.at_us), grey, colour) + ' ' + paint(look.name, look.colour, colour) + ' ';
    for (auto const& field : event.fields)
        if (field.key == request_id) out += '[' + encode_controls(unquoted(field)) + "] ";
    out += encode_controls(scrub(event.message));
    std::string_view gap = "  ";
    for (auto const& field : event.fields) {
        if (field.key == request_id) continue;
        auto const value = field.kind == Field::Kind::text ? text_value(unquoted(field)) : unquoted(field);
        out.append(gap).append(paint(encode_controls(field.key) + '=', grey, colour)).append(value);
        gap = " ";
    }
    return out;
}

std::string json_line(Event const& event) {
    std::string out = "{\"at\":\"" + timestamp(event.at_us) + "\",\"level\":\"";
    out.append(level_name(event.level)).append("\",\"message\":");
    append_json_text(out, scrub(event.message));
    for (auto const& field : event.fields) {
        out += ',';
        append_json_text(out, is_reserved(field.key) ? std::string(field.key) + '_' : std::string(field.key));
        out += ':';
        append_json_value(out, field);
    }
    return out + '}';
}

}  // namespace partnerd::logging

#include "routing/json_writer.hpp"

#include <algorithm>

#include "domain/calendar.hpp"
#include "domain/json_text.hpp"
#include "domain/text.hpp"

namespace partnerd::routing {

namespace {

// What JSON must not have, and DEL, which terminals take for more than a letter.
bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f; }

void append_escaped(std::string& out, char c) {
    if (is_plain(c)) out += c;
    else append_json_escape(out, c);
}

// Length of the longest prefix of at most four bytes that is one character; 0 if there is none.
std::size_t character_length(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
        if (is_utf8(text.substr(0, length))) return length;
    return 0;
}

void append_repaired(std::string& out, std::string_view text) {
    while (!text.empty()) {
        auto const length = character_length(text);
        if (length == 0) out += "\xef\xbf\xbd";
        else if (length == 1) append_escaped(out, text[0]);
        else out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
    out += '"';
    if (!is_utf8(utf8)) append_repaired(out, utf8);
    else if (std::all_of(utf8.begin(), utf8.end(), is_plain)) out += utf8;
    else
        for (char const c : utf8) append_escaped(out, c);
    out += '"';
}

void JsonWriter::separate() {
    if (comma_) out_ += ',';
    comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
    separate();
    out_ += '{';
    comma_ = false;
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    out_ += '}';
    comma_ = true;
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    separate();
    out_ += '[';
    comma_ = false;
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    out_ += ']';
    comma_ = true;
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
    comma_ = false;
    return *this;
}
JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json.empty() ? std::string_view("null") : json;
    return *this;
}
JsonWriter& JsonWriter::null() { return raw("null"); }
JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
}
JsonWriter& JsonWriter::value(std::int64_t number) { return raw(std::to_string(number)); }
JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }
JsonWriter& JsonWriter::value(Money const& money) {
    return begin_object()
        .member("amount", format_amount(money.minor, money.currency.exponent()))
        .member("currency", money.currency.code())
        .end_object();
}
JsonWriter& JsonWriter::instant(std::int64_t at_us) { return at_us == 0 ? null() : value(format_instant(at_us)); }
JsonWriter& JsonWriter::id(std::string_view prefix, Id id) { return id == 0 ? null() : value(format_id(prefix, id)); }

}  // namespace partnerd::routing

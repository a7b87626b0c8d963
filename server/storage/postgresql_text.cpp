#include "storage/postgresql_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace partnerd::storage {
namespace {

// From pg_type.dat of PostgreSQL; these numbers never change.
enum Oid : unsigned {
    boolean = 16,
    bytea = 17,
    name = 19,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    text_type = 25,
    oid_type = 26,
    float4 = 700,
    float8 = 701,
    bpchar = 1042,
    varchar = 1043,
    numeric = 1700
};

bool is_one_of(unsigned oid, std::initializer_list<unsigned> known) { return std::find(known.begin(), known.end(), oid) != known.end(); }

template <class Number>
std::optional<Value> number_of(std::string_view text) {
    Number number{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return Value(number);
}

std::optional<Value> integer_of(unsigned oid, std::string_view text) {
    if (oid == boolean) return Value(text == "t");
    if (!is_one_of(oid, {int8, int4, int2, oid_type, numeric})) return std::nullopt;
    return number_of<std::int64_t>(text);
}

int hex_digit(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

std::optional<Value> blob_of(std::string_view text, std::string& decoded) {
    if (!text.starts_with("\\x")) return std::nullopt;
    decoded.clear();
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) decoded += static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
    Value value{std::string_view(decoded)};
    value.kind = Value::Kind::blob;
    return value;
}

}  // namespace

std::string postgresql_text(Value const& value) {
    std::array<char, 40> buffer;
    switch (value.kind) {
        case Value::Kind::null: return {};
        case Value::Kind::i64: return std::to_string(value.i64);
        case Value::Kind::f64: return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.f64).ptr};
        case Value::Kind::text: return std::string(value.bytes);
        case Value::Kind::blob: break;
    }
    std::string out = "\\x";
    for (char const c : value.bytes) {
        auto const byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

std::optional<Value> value_of_text(ColumnType declared, unsigned oid, std::string_view text, std::string& decoded) {
    switch (declared) {
        case ColumnType::i64: return integer_of(oid, text);
        case ColumnType::f64: return is_one_of(oid, {float8, float4, numeric, int8, int4, int2}) ? number_of<double>(text) : std::nullopt;
        case ColumnType::text: return is_one_of(oid, {text_type, varchar, bpchar, name}) ? std::optional<Value>(text) : std::nullopt;
        case ColumnType::blob: return oid == bytea ? blob_of(text, decoded) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace partnerd::storage

// What goes into a statement and comes out of it. SOCI's own types stay inside storage/.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace partnerd::storage {

// The declared type of a result column: the host binds typed elements, the driver never guesses (it would cut BIGINT to 32 bits).
enum class ColumnType : std::int32_t { i64 = 1, f64 = 2, text = 3, blob = 4 };

// A value or NULL. `bytes` is borrowed: as an argument for the call, as a result until the next step or reset.
struct Value {
    enum class Kind : std::uint8_t { null, i64, f64, text, blob };
    Kind kind = Kind::null;
    std::int64_t i64 = 0;
    double f64 = 0;
    std::string_view bytes;

    Value() = default;
    Value(std::nullopt_t) {}
    Value(bool v) : kind(Kind::i64), i64(v ? 1 : 0) {}
    Value(int v) : kind(Kind::i64), i64(v) {}
    Value(std::int64_t v) : kind(Kind::i64), i64(v) {}
    Value(double v) : kind(Kind::f64), f64(v) {}
    Value(std::string_view v) : kind(Kind::text), bytes(v) {}
    Value(std::string const& v) : kind(Kind::text), bytes(v) {}
    Value(char const* v) : kind(Kind::text), bytes(v) {}
    template <class T>
    Value(std::optional<T> const& v) {
        if (v) *this = Value(*v);
    }
    bool is_null() const noexcept { return kind == Kind::null; }
};

// Rows to be written, one after the other: fills the row it is given, one value a column, and says whether there was one. What texts point
// to stays until the next call. It must neither throw nor use the Tx.
using RowSource = std::function<bool(std::span<Value>)>;

// A named argument of a statement: arg("program", id) binds :program.
struct Arg {
    std::string_view name;
    Value value;
};
inline Arg arg(std::string_view name, Value value) { return {name, value}; }

// A column read as the type a caller asks for. optional<T> takes NULL; a plain T refuses it (an invariant: the SQL is ours).
template <class T>
struct Column;
template <>
struct Column<std::int64_t> {
    static constexpr ColumnType type = ColumnType::i64;
    static std::int64_t from(Value const& v) { return v.i64; }
};
template <>
struct Column<bool> {
    static constexpr ColumnType type = ColumnType::i64;
    static bool from(Value const& v) { return v.i64 != 0; }
};
template <>
struct Column<double> {
    static constexpr ColumnType type = ColumnType::f64;
    static double from(Value const& v) { return v.f64; }
};
template <>
struct Column<std::string> {
    static constexpr ColumnType type = ColumnType::text;
    static std::string from(Value const& v) { return std::string(v.bytes); }
};
template <class T>
struct Column<std::optional<T>> {
    static constexpr ColumnType type = Column<T>::type;
    static std::optional<T> from(Value const& v) { return v.is_null() ? std::nullopt : std::optional<T>(Column<T>::from(v)); }
};

}  // namespace partnerd::storage

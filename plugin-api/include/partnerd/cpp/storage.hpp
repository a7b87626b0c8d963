// A transaction of the host with typed queries:
//   for (auto [id, name] : tx.query<std::int64_t, std::optional<std::string>>("select id, name from shop_code where program = :p",
// arg("p", p))) ...
#pragma once

#include <partnerd/cpp/money.hpp>
#include <partnerd/cpp/services.hpp>

#include <array>
#include <concepts>
#include <functional>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace partnerd::inline v1 {

// A named argument: arg("p", value) binds :p. Text is borrowed for the call.
struct Arg {
    std::string_view name;
    partnerd_value value;
};
inline Arg arg(std::string_view name, std::nullptr_t) { return {name, {}}; }
inline Arg arg(std::string_view name, std::nullopt_t) { return {name, {}}; }
inline Arg arg(std::string_view name, std::string_view text) {
    Arg a{name, {}};
    a.value.type = PARTNERD_T_TEXT;
    a.value.v.bytes = str(text);
    return a;
}
inline Arg arg(std::string_view name, std::string const& text) { return arg(name, std::string_view(text)); }
inline Arg arg(std::string_view name, char const* text) { return arg(name, std::string_view(text)); }
template <std::integral T>
Arg arg(std::string_view name, T number) {
    Arg a{name, {}};
    a.value.type = std::same_as<T, bool> ? PARTNERD_T_BOOL : PARTNERD_T_I64;
    a.value.v.i64 = static_cast<std::int64_t>(number);
    return a;
}
template <std::floating_point T>
Arg arg(std::string_view name, T number) {
    Arg a{name, {}};
    a.value.type = PARTNERD_T_F64;
    a.value.v.f64 = number;
    return a;
}
template <class T>
Arg arg(std::string_view name, std::optional<T> const& value) {
    return value ? arg(name, *value) : arg(name, nullptr);
}

// How a column or field is read. A plain T refuses NULL; optional<T> takes it.
template <class T>
struct Column;
template <>
struct Column<std::int64_t> {
    static constexpr std::int32_t type = PARTNERD_T_I64;
    static std::int64_t from(partnerd_value const& v) { return v.v.i64; }
};
template <>
struct Column<bool> {
    static constexpr std::int32_t type = PARTNERD_T_BOOL;
    static bool from(partnerd_value const& v) { return v.v.i64 != 0; }
};
template <>
struct Column<double> {
    static constexpr std::int32_t type = PARTNERD_T_F64;
    static double from(partnerd_value const& v) { return v.v.f64; }
};
template <>
struct Column<std::string> {
    static constexpr std::int32_t type = PARTNERD_T_TEXT;
    static std::string from(partnerd_value const& v) { return std::string(sv(v.v.bytes)); }
};
template <>
struct Column<Money> {  // fields and facts; a database column holds minor units
    static constexpr std::int32_t type = PARTNERD_T_MONEY;
    static Money from(partnerd_value const& v) { return v.v.money; }
};

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
constexpr std::int32_t column_type() {
    if constexpr (is_optional<T>) return Column<typename T::value_type>::type;
    else return Column<T>::type;
}
template <class T>
T read_value(partnerd_value const& v) {
    if constexpr (is_optional<T>) {
        return v.type == PARTNERD_T_NULL ? T() : T(Column<typename T::value_type>::from(v));
    } else {
        if (v.type == PARTNERD_T_NULL) throw Error(PARTNERD_E_INVALID, "NULL where a value is expected: ask for std::optional");
        return Column<T>::from(v);
    }
}

}  // namespace detail

// The rows of a query as tuples, once through. Ends its statement when destroyed.
template <class... Columns>
class Rows {
  public:
    Rows(partnerd_storage_api const* api, partnerd_stmt* statement) : api_(api), statement_(statement) {}
    Rows(Rows&& other) noexcept : api_(other.api_), statement_(std::exchange(other.statement_, nullptr)) {}
    Rows& operator=(Rows&&) = delete;
    ~Rows() {
        if (statement_ != nullptr) api_->release(statement_, nullptr);
    }

    std::optional<std::tuple<Columns...>> next() {
        if (detail::call(api_->step, statement_) != PARTNERD_ROW) return std::nullopt;
        return read(std::index_sequence_for<Columns...>{});
    }

    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::tuple<Columns...>;
        using difference_type = std::ptrdiff_t;
        explicit Iterator(Rows* rows) : rows_(rows) { ++*this; }
        value_type const& operator*() const { return *row_; }
        Iterator& operator++() {
            row_ = rows_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return !row_.has_value(); }

      private:
        Rows* rows_;
        std::optional<value_type> row_;
    };
    Iterator begin() { return Iterator(this); }
    std::default_sentinel_t end() const { return {}; }

  private:
    template <class T>
    T column(std::uint32_t i) {
        partnerd_value value{};
        detail::call(api_->column, statement_, i, &value);
        return detail::read_value<T>(value);
    }
    template <std::size_t... I>
    std::tuple<Columns...> read(std::index_sequence<I...>) {
        return std::tuple<Columns...>{column<Columns>(static_cast<std::uint32_t>(I))...};  // braces: left to right
    }
    partnerd_storage_api const* api_;
    partnerd_stmt* statement_;
};

// A unit of work or a snapshot, for the length of a handler. Never begun or committed by the plugin (R8).
class Tx {
  public:
    Tx(Services const& services, partnerd_tx* tx) : services_(&services), tx_(tx) {}
    Tx(Tx const&) = delete;
    Tx& operator=(Tx const&) = delete;

    // Rows of "select ..." or "insert ... returning ..." as tuples of Columns.
    template <class... Columns, std::same_as<Arg>... Args>
    Rows<Columns...> query(std::string_view sql, Args... args) {
        static constexpr std::array<std::int32_t, sizeof...(Columns)> types{detail::column_type<Columns>()...};
        return Rows<Columns...>(table(), prepare(sql, types.data(), types.size(), {args...}));
    }
    // The first row, or nothing.
    template <class... Columns, std::same_as<Arg>... Args>
    std::optional<std::tuple<Columns...>> row(std::string_view sql, Args... args) {
        auto rows = query<Columns...>(sql, args...);
        return rows.next();
    }
    // The single column of the first row, or nothing.
    template <class T, std::same_as<Arg>... Args>
    std::optional<T> value(std::string_view sql, Args... args) {
        auto found = row<T>(sql, args...);
        if (!found) return std::nullopt;
        return std::move(std::get<0>(*found));
    }
    // A statement without rows; how many it changed.
    template <std::same_as<Arg>... Args>
    std::int64_t exec(std::string_view sql, Args... args) {
        auto* const statement = prepare(sql, nullptr, 0, {args...});
        Rows<> const ends_it(table(), statement);
        detail::call(table()->step, statement);
        return table()->affected(statement);
    }
    // Serialises units that share the key; before the first statement.
    void lock(std::string_view key) { detail::call(table()->lock, tx_, str(key)); }

    partnerd_tx* raw() const noexcept { return tx_; }
    Services const& services() const noexcept { return *services_; }

  private:
    partnerd_storage_api const* table() const { return services_->storage.operator->(); }
    partnerd_stmt* prepare(std::string_view sql, std::int32_t const* types, std::size_t n, std::initializer_list<Arg> args) {
        partnerd_stmt* statement = nullptr;
        detail::call(table()->prepare, tx_, str(sql), types, static_cast<std::uint32_t>(n), &statement);
        for (auto const& a : args) detail::call(table()->bind, statement, str(a.name), &a.value);
        return statement;
    }
    Services const* services_;
    partnerd_tx* tx_;
};

enum class Dialect : std::int32_t { sqlite = PARTNERD_SQLITE, postgresql = PARTNERD_POSTGRESQL };

// Transactions outside routes: in jobs, deliveries and WORKER routes.
class Storage {
  public:
    explicit Storage(Services const& services) : services_(&services) {}
    Dialect dialect() const { return static_cast<Dialect>(services_->storage->dialect(services_->host)); }
    // [worker] Runs work(Tx&) and returns once it is durable. It may run again, so it has no effect outside. An exception of it rolls
    // back and comes out of here as Error.
    template <class Work>
    void write(Work&& work) const {
        transact(PARTNERD_WRITE, work);
    }
    template <class Work>
    void read(Work&& work) const {
        transact(PARTNERD_READ, work);
    }

  private:
    template <class Work>
    void transact(std::int32_t mode, Work& work) const {
        struct Context {
            Services const* services;
            Work* work;
        } context{services_, &work};
        partnerd_tx_fn const run = [](void* user, partnerd_tx* raw, partnerd_error* e) noexcept -> partnerd_status {
            auto& c = *static_cast<Context*>(user);
            return detail::guarded(e, [&] {
                Tx tx(*c.services, raw);
                (*c.work)(tx);
            });
        };
        detail::call(services_->storage->transact, services_->host, mode, run, static_cast<void*>(&context));
    }
    Services const* services_;
};

}  // namespace partnerd::inline v1

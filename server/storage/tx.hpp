// A unit of work as its handler sees it: statements, a lock, hooks. Nobody begins or commits; whoever wants to write hands
// the storage a function (storage.hpp) and gets a Tx. [the thread of the handler only, until the handler returns]
#pragma once

#include <array>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "domain/invariant.hpp"
#include "storage/row_shape.hpp"
#include "storage/table_set.hpp"

namespace partnerd::storage {

enum class Dialect : std::int32_t { sqlite = 1, postgresql = 2 };
enum class Mode : std::int32_t { read = 0, write = 1 };

// Infrastructure failure or broken constraint. The unit it happened in is doomed: later calls throw State, and it rolls back
// whatever its handler says. Use INSERT ... ON CONFLICT DO NOTHING where a duplicate is expected.
class Failure : public std::runtime_error {
  public:
    enum class Category : std::int32_t { none, constraint, connection, conflict, syntax, full, other, timeout, state };
    Failure(Category c, std::string const& message, std::string state = {}) : std::runtime_error(message), category(c), sqlstate(std::move(state)) {}
    Category category;
    std::string sqlstate;  // five characters on PostgreSQL, empty on SQLite
};

// One statement, :name parameters, prepared once per connection for its text and column types.
class Statement {
  public:
    virtual ~Statement() = default;
    virtual void bind(std::string_view name, Value const& value) = 0;  // copied; an unknown name throws Failure(syntax)
    // By position instead: parameters count from 0, in the order of their first appearance. For statements with many.
    virtual void bind_at(unsigned position, Value const& value) = 0;
    virtual bool step() = 0;                      // the first call executes; true: there is a row
    virtual Value column(unsigned index) = 0;     // until the next step or reset
    virtual unsigned columns() const = 0;
    virtual std::int64_t affected() = 0;          // rows changed by the execution; known when step() returned false
    // Executes without a word about the result. It may be sent with a later statement; when it fails, the unit is doomed there, at the
    // latest when it commits.
    virtual void run_later() { step(); }
    virtual void reset() = 0;                     // ends the execution, clears the parameters; the borrower may go on with it
    virtual void release() { reset(); }           // resets and gives the statement back: the next prepare() may lend it again
};

// The rows of a query as tuples, once through. Resets its statement when destroyed, so an undrained query holds nothing.
template <class... Columns>
class Rows {
  public:
    explicit Rows(Statement& statement) : statement_(&statement) {}
    Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Rows& operator=(Rows&&) = delete;
    ~Rows() {
        if (statement_ != nullptr) statement_->release();
    }

    std::optional<std::tuple<Columns...>> next() {
        if (!statement_->step()) return std::nullopt;
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
    T column(unsigned index) {
        Value const value = statement_->column(index);
        if constexpr (requires(T t) { t.has_value(); }) return Column<T>::from(value);
        else {
            PARTNERD_INVARIANT(!value.is_null());
            return Column<T>::from(value);
        }
    }
    template <std::size_t... I>
    std::tuple<Columns...> read(std::index_sequence<I...>) {
        return std::tuple<Columns...>{column<Columns>(I)...};  // braces: left to right
    }
    Statement* statement_;
};

class Tx {
  public:
    virtual ~Tx() = default;
    virtual Dialect dialect() const = 0;
    virtual Mode mode() const = 0;
    // The cached statement of this text and these types, reset and without parameters; another instance while it is lent.
    // Lives until it is released or the handler returns. Exactly one SQL statement, and none that begins, commits or
    // configures a session, else Failure(syntax).
    virtual Statement& prepare(std::string_view sql, std::span<ColumnType const> types) = 0;
    // Serialises units that share a key, from here to the end of the unit; a no-op on SQLite. Best before the first statement: a
    // snapshot that is older than the lock may not see what the last holder did, and then PostgreSQL runs the unit again.
    virtual void lock(std::string_view key) = 0;
    // Runs `hook` after the commit is durable, on the storage's thread; must not throw or block. Dropped on rollback.
    virtual void after_commit(std::function<void()> hook) = 0;
    // Runs `part`; if it returns false or throws Refused, what it wrote is rolled back and the unit goes on.
    virtual bool nested(std::function<bool()> const& part) = 0;
    // Writes one row; nobody asks what became of it. It may be sent with many others, at the latest when the unit commits, and fail there.
    // Until somebody reads the table, rows of one shape stay in their order, those of two shapes need not.
    virtual void insert_row(RowShape const& shape, std::span<Value const> row) = 0;
    void insert(RowShape const& shape, std::initializer_list<Value> row) { insert_row(shape, {row.begin(), row.size()}); }
    // The same for all that `rows` gives; quicker than one by one.
    virtual void insert_all(RowShape const& shape, RowSource const& rows) = 0;
    // A number that another one follows whenever what this unit sees may have changed by more than insert(): at its begin (on PostgreSQL:
    // at that of the batch), after any other statement that writes, after a rollback of a part. Who keeps what was read compares it.
    virtual std::uint64_t changes() const = 0;
    // The same of these tables alone. Where one connection writes them all (SQLite), what a write unit read stays certain beyond the unit and
    // its batch, for as long as the number stays.
    virtual std::uint64_t changes_of(TableSet const& tables) const = 0;
    // Room for what is kept so; of the session, empty at first.
    virtual std::shared_ptr<void>& memory() = 0;
    virtual bool doomed() const = 0;
    virtual void doom(std::string_view reason) = 0;  // the unit will roll back

    // Runs a statement that returns no rows; the number of rows it changed.
    std::int64_t exec(std::string_view sql, std::initializer_list<Arg> args = {}) {
        Statement& statement = prepare(sql, {});
        for (auto const& a : args) statement.bind(a.name, a.value);
        statement.step();
        auto const changed = statement.affected();
        statement.release();
        return changed;
    }
    // The same where nobody asks for the number; quicker, see Statement::run_later().
    void put(std::string_view sql, std::initializer_list<Arg> args) {
        Statement& statement = prepare(sql, {});
        for (auto const& a : args) statement.bind(a.name, a.value);
        statement.run_later();
        statement.release();
    }
    template <class... Columns>
    Rows<Columns...> query(std::string_view sql, std::initializer_list<Arg> args = {}) {
        static constexpr std::array<ColumnType, sizeof...(Columns)> types{Column<Columns>::type...};
        Statement& statement = prepare(sql, types);
        for (auto const& a : args) statement.bind(a.name, a.value);
        return Rows<Columns...>(statement);
    }
    // The first row, or nothing.
    template <class... Columns>
    std::optional<std::tuple<Columns...>> row(std::string_view sql, std::initializer_list<Arg> args = {}) {
        auto rows = query<Columns...>(sql, args);
        return rows.next();
    }
    // The single column of the first row, or nothing.
    template <class T>
    std::optional<T> value(std::string_view sql, std::initializer_list<Arg> args = {}) {
        auto found = row<T>(sql, args);
        if (!found) return std::nullopt;
        return std::move(std::get<0>(*found));
    }
};

}  // namespace partnerd::storage

#include "storage/postgresql_statement.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "storage/postgresql_connection.hpp"
#include "storage/postgresql_failure.hpp"
#include "storage/postgresql_text.hpp"
#include "storage/sql_text.hpp"

namespace partnerd::storage {

namespace {

// Small enough to be kept for who asks again.
constexpr int kept_rows_max = 100;

bool has(std::vector<std::string> const& words, std::string_view word) { return std::binary_search(words.begin(), words.end(), word); }

// The same question has the same answer as long as no row changes: no lock is taken, no clock and no dice are asked.
bool is_steady(std::vector<std::string> const& words) {
    for (auto const* word : {"for", "random", "clock_timestamp", "statement_timestamp", "timeofday", "nextval", "currval", "lastval", "gen_random_uuid"})
        if (has(words, word)) return false;
    return std::none_of(words.begin(), words.end(), [](std::string const& word) { return word.starts_with("pg_"); });
}

}  // namespace

PostgresqlStatement::PostgresqlStatement(PostgresqlConnection& connection, std::string const& sql, std::span<ColumnType const> types)
    : connection_(connection),
      sql_(sql),
      types_(types.begin(), types.end()),
      backend_(static_cast<soci::postgresql_statement_backend*>(connection.session().make_statement_backend())),
      decoded_(types.size()),
      words_(words_of_sql(sql)),
      writes_(first_word_of_sql(sql) != "select"),
      steady_(!writes_ && is_steady(words_)) {
    backend_->alloc();
    backend_->prepare(sql_, soci::details::st_one_time_query);  // finds the parameters, and asks nobody
    static std::atomic<std::uint64_t> last{0};
    auto const asked = "asked_" + std::to_string(++last);
    connection_.prepare(asked, backend_->query_);
    backend_->statementName_ = asked;  // what is prepared is deallocated with it
    for (auto const& name : backend_->names_)
        if (auto const [at, is_new] = parameters_.try_emplace(name); is_new) in_order_.push_back(&*at);
}

PostgresqlStatement::~PostgresqlStatement() = default;

void PostgresqlStatement::bind(std::string_view name, Value const& value) {
    connection_.scope().require_sound();
    auto const found = parameters_.find(name);
    if (found == parameters_.end()) fail(Failure::Category::syntax, "no parameter :" + std::string(name));
    bind_parameter(*found, value);
}

void PostgresqlStatement::bind_at(unsigned position, Value const& value) {
    connection_.scope().require_sound();
    if (position >= in_order_.size()) fail(Failure::Category::syntax, "no parameter " + std::to_string(position));
    bind_parameter(*in_order_[position], value);
}

void PostgresqlStatement::bind_parameter(Parameter& parameter, Value const& value) {
    if (!lent) connection_.lend_again(*this);
    if (state_ != State::ready) fail(Failure::Category::state, "bind() on a statement that was not reset");
    // SOCI would cut the text there without a word.
    if (value.kind == Value::Kind::text && value.bytes.find('\0') != std::string_view::npos)
        fail(Failure::Category::other, "a text with a NUL for :" + parameter.first);
    if (value.is_null()) parameter.second.reset();
    else parameter.second = postgresql_text(value);
}

PostgresqlCall PostgresqlStatement::call() const {
    PostgresqlCall call{sql_, backend_->statementName_, {}};
    call.values.reserve(backend_->names_.size());
    for (auto const& name : backend_->names_) call.values.push_back(parameters_.find(name)->second);
    return call;
}

void PostgresqlStatement::execute() {
    if (writes_) connection_.note_write();
    auto const asked = call();
    row_ = -1;
    bool const beside = steady_ && connection_.has_snapshot() && !depends_on_gathered();
    if (beside && is_asked_again(asked)) {
        result_ = last_.result;
        return;
    }
    try {
        result_ = connection_.run(asked, beside);
    } catch (Failure const& failure) {
        state_ = State::done;
        connection_.scope().fail(failure);
    }
    check_columns();
    if (beside && PQntuples(result_.get()) <= kept_rows_max) last_ = {asked.values, connection_.standing(), result_};
}

bool PostgresqlStatement::depends_on_gathered() const {
    return connection_.gathered().any_of([this](RowShape const& shape) { return has(words_, shape.table()); });
}

bool PostgresqlStatement::is_asked_again(PostgresqlCall const& call) const {
    return last_.result != nullptr && last_.standing == connection_.standing() && last_.values == call.values;
}

void PostgresqlStatement::run_later() {
    // A reader never commits, so that nobody would hear of the failure.
    if (connection_.scope().mode() == Mode::read) {
        step();
        return;
    }
    connection_.scope().enter();
    connection_.note_write();
    try {
        connection_.run_later(call());
    } catch (Failure const& failure) {
        connection_.scope().fail(failure);
    }
    state_ = State::done;
}

void PostgresqlStatement::check_columns() {
    auto const columns = static_cast<std::size_t>(PQnfields(result_.get()));
    if (columns == types_.size()) return;
    state_ = State::done;
    fail(Failure::Category::syntax,
         "the statement returns " + std::to_string(columns) + " columns, but " + std::to_string(types_.size()) + " were declared");
}

bool PostgresqlStatement::step() {
    if (state_ == State::done) return false;
    connection_.scope().enter();
    if (!lent) connection_.lend_again(*this);
    if (state_ == State::ready) execute();
    return next_row();
}

bool PostgresqlStatement::next_row() {
    state_ = State::row;
    if (++row_ < PQntuples(result_.get())) return true;
    state_ = State::done;
    bool const reads = std::string_view(PQcmdStatus(result_.get())).starts_with("SELECT");
    affected_ = reads ? 0 : std::atoll(PQcmdTuples(result_.get()));
    result_.reset();
    return false;
}

Value PostgresqlStatement::column(unsigned index) {
    if (state_ != State::row) fail(Failure::Category::state, "column() without a row");
    if (index >= types_.size()) fail(Failure::Category::syntax, "no column " + std::to_string(index));
    PGresult const* result = result_.get();
    int const i = static_cast<int>(index);
    if (PQgetisnull(result, row_, i) != 0) return {};
    std::string_view const text(PQgetvalue(result, row_, i), static_cast<std::size_t>(PQgetlength(result, row_, i)));
    auto const value = value_of_text(types_[index], PQftype(result, i), text, decoded_[index]);
    if (!value)
        fail(Failure::Category::other, "column " + std::to_string(index) + " (" + PQfname(result, i) + ") of the type with OID " +
                                           std::to_string(PQftype(result, i)) + " cannot be read as declared");
    return *value;
}

std::int64_t PostgresqlStatement::affected() {
    if (state_ != State::done) fail(Failure::Category::state, "affected() before step() returned false");
    return affected_;
}

void PostgresqlStatement::reset() {
    result_.reset();
    for (auto& [name, parameter] : parameters_) parameter.reset();
    state_ = State::ready;
    affected_ = 0;
}

void PostgresqlStatement::release() {
    reset();
    connection_.release(*this);
}

void PostgresqlStatement::fail(Failure::Category category, std::string const& text) {
    connection_.scope().fail(Failure(category, text + " in: " + sql_));
}

}  // namespace partnerd::storage

#include "storage/table_copy.hpp"

#include <algorithm>
#include <cstring>

#include "domain/invariant.hpp"
#include "domain/sha256.hpp"

namespace partnerd::storage {
namespace {

constexpr std::size_t batch_rows_max = 4'000, batch_bytes_max = 8 << 20;
constexpr std::size_t statement_values_max = 4'000;  // PostgreSQL takes 65535

std::string parameter(std::size_t index) { return "v" + std::to_string(index); }

std::string list_of(std::vector<std::string> const& words) {
    std::string out;
    for (auto const& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void append_number(std::string& bytes, std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xff);
}

void append(std::string& bytes, Value const& value) {
    bytes += static_cast<char>(value.kind);
    std::uint64_t number = 0;
    switch (value.kind) {
        case Value::Kind::null: return;
        case Value::Kind::i64: return append_number(bytes, static_cast<std::uint64_t>(value.i64));
        case Value::Kind::f64:
            // SQLite keeps no minus of a zero.
            if (value.f64 != 0) std::memcpy(&number, &value.f64, sizeof number);
            return append_number(bytes, number);
        case Value::Kind::text:
        case Value::Kind::blob: break;
    }
    append_number(bytes, value.bytes.size());
    bytes += value.bytes;
}

std::string insert_sql(Table const& table, std::size_t rows) {
    std::vector<std::string> columns, parameters;
    for (auto const& column : table.columns) columns.push_back(quoted(column.name));
    for (std::size_t i = 0; i < columns.size() * rows; ++i) parameters.push_back((i % columns.size() == 0 ? "(:" : ":") + parameter(i) + (i % columns.size() == columns.size() - 1 ? ")" : ""));
    return "insert into " + quoted(table.name) + " (" + list_of(columns) + ") values " + list_of(parameters);
}

void insert_some(Statement& statement, RowBatch const& batch, std::size_t first, std::size_t rows) {
    static thread_local std::vector<std::string> names;
    while (names.size() < rows * batch.columns()) names.push_back(parameter(names.size()));
    auto const* const values = batch.row(first);
    for (std::size_t i = 0; i < rows * batch.columns(); ++i) statement.bind(names[i], values[i]);
    statement.run_later();
    statement.reset();
}

}  // namespace

void RowBatch::clear() {
    values_.clear();
    texts_.release();
    bytes_ = 0;
}

void RowBatch::add(Value const& value) {
    auto kept = value;
    if (!value.bytes.empty()) {
        auto* const copy = static_cast<char*>(texts_.allocate(value.bytes.size(), 1));
        std::memcpy(copy, value.bytes.data(), value.bytes.size());
        kept.bytes = {copy, value.bytes.size()};
    }
    values_.push_back(kept);
    bytes_ += value.bytes.size() + sizeof kept;
}

void RowSum::add(RowBatch const& batch) {
    std::string bytes;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        bytes.clear();
        for (std::size_t i = 0; i < batch.columns(); ++i) append(bytes, batch.row(row)[i]);
        auto const digest = sha256(bytes);
        std::uint64_t carry = 0;
        for (std::size_t word = 0; word < sum_.size(); ++word) {
            std::uint32_t part = 0;
            for (std::size_t byte = 0; byte < 4; ++byte) part |= std::uint32_t{digest[4 * word + byte]} << (8 * byte);
            carry += std::uint64_t{sum_[word]} + part;
            sum_[word] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        ++rows_;
    }
}

std::string RowSum::hex() const {
    std::string out;
    for (auto word = sum_.rbegin(); word != sum_.rend(); ++word)
        for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[*word >> shift & 15];
    return out;
}

TableReader::TableReader(Table const& table, std::vector<std::string> const& zeroed) : columns_(table.columns.size()), key_texts_(table.key.size()) {
    std::vector<std::string> columns, key, bounds;
    for (auto const& column : table.columns) {
        bool const zero = std::find(zeroed.begin(), zeroed.end(), column.name) != zeroed.end();
        columns.push_back(zero ? "0" : quoted(column.name));
        types_.push_back(column.type);
    }
    for (auto const& name : table.key) {
        auto const found = std::find_if(table.columns.begin(), table.columns.end(), [&](auto const& column) { return column.name == name; });
        PARTNERD_INVARIANT(found != table.columns.end());
        key_.push_back(static_cast<std::size_t>(found - table.columns.begin()));
        key.push_back(quoted(name));
        bounds.push_back(":" + parameter(bounds.size()));
    }
    auto const select = "select " + list_of(columns) + " from " + quoted(table.name);
    auto const order = " order by " + list_of(key) + " limit " + std::to_string(batch_rows_max);
    first_ = select + order;
    behind_ = select + " where (" + list_of(key) + ") > (" + list_of(bounds) + ")" + order;
}

bool TableReader::next(Tx& tx, RowBatch& batch) {
    batch.clear();
    auto& statement = tx.prepare(last_.empty() ? first_ : behind_, types_);
    for (std::size_t i = 0; i < last_.size(); ++i) statement.bind(parameter(i), last_[i]);
    while (batch.bytes() < batch_bytes_max && statement.step())
        for (std::size_t i = 0; i < columns_; ++i) batch.add(statement.column(static_cast<unsigned>(i)));
    statement.release();
    if (batch.rows() == 0) return false;
    auto const* const row = batch.row(batch.rows() - 1);
    last_.clear();
    for (std::size_t i = 0; i < key_.size(); ++i) {
        last_.push_back(row[key_[i]]);
        key_texts_[i] = last_.back().bytes;
        last_.back().bytes = key_texts_[i];
    }
    return true;
}

void insert_rows(Tx& tx, Table const& table, RowBatch const& batch) {
    std::size_t done = 0;
    auto const several = std::max<std::size_t>(statement_values_max / batch.columns(), 1);
    // SQLite looks a parameter up in a list, and gains nothing from long statements.
    if (tx.dialect() == Dialect::postgresql && batch.rows() >= several) {
        auto& statement = tx.prepare(insert_sql(table, several), {});
        for (; done + several <= batch.rows(); done += several) insert_some(statement, batch, done, several);
        statement.release();
    }
    auto& statement = tx.prepare(insert_sql(table, 1), {});
    for (; done < batch.rows(); ++done) insert_some(statement, batch, done, 1);
    statement.release();
}

}  // namespace partnerd::storage

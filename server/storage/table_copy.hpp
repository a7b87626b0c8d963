// The rows of a table out of one database and into another, by typed values, and a digest by which both sides are compared.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "storage/catalog.hpp"
#include "storage/value.hpp"

namespace partnerd::storage {

// Rows that outlive the statement they came from.
class RowBatch {
  public:
    explicit RowBatch(std::size_t columns) : columns_(columns) {}
    void clear();
    void add(Value const& value);  // column by column, row by row
    std::size_t rows() const noexcept { return values_.size() / columns_; }
    std::size_t columns() const noexcept { return columns_; }
    std::size_t bytes() const noexcept { return bytes_; }
    Value const* row(std::size_t index) const noexcept { return values_.data() + index * columns_; }

  private:
    std::size_t columns_, bytes_ = 0;
    std::vector<Value> values_;
    std::pmr::monotonic_buffer_resource texts_;
};

// The sum of the rows' SHA-256 modulo 2^256: the same whatever the order, so that each side reads in the order of its own key.
class RowSum {
  public:
    void add(RowBatch const& batch);
    std::int64_t rows() const noexcept { return rows_; }
    std::string hex() const;
    bool operator==(RowSum const&) const = default;

  private:
    std::int64_t rows_ = 0;
    std::array<std::uint32_t, 8> sum_{};  // the lowest first
};

// All rows in the order of the primary key, some at a time, so that no transaction is long. Nobody may write meanwhile.
class TableReader {
  public:
    // `zeroed`: columns that are read as 0 whatever they hold; none of the key's.
    TableReader(Table const& table, std::vector<std::string> const& zeroed);
    // The rows behind those of the last call; false when there are none. [worker]
    bool next(Tx& tx, RowBatch& batch);

  private:
    std::size_t columns_;
    std::string first_, behind_;
    std::vector<ColumnType> types_;
    std::vector<std::size_t> key_;  // the columns of the primary key
    std::vector<std::string> key_texts_;
    std::vector<Value> last_;  // the key of the last row; its texts lie in key_texts_
};

// Inserts the rows; with PostgreSQL many a statement. [write]
void insert_rows(Tx& tx, Table const& table, RowBatch const& batch);

}  // namespace partnerd::storage

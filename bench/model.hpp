// What one conversion writes, read from conversions that the server has recorded in an SQLite file, so that a bare program can write the
// same rows again with new ids: the same tables, the same columns, texts of the same length.
#pragma once

#include <map>

#include "sqlite_file.hpp"

namespace bench {

struct Cell {
    enum class Kind { as_it_was, fresh_id, key_with_id, unique_head, unique_tail };
    Kind kind = Kind::as_it_was;
    Value value;
    std::size_t id = 0;  // which of the fresh ids (fresh_id, key_with_id)
};

struct Write {
    std::size_t statement = 0;
    std::vector<Cell> cells;
};

struct Model {
    std::vector<Write> writes;
    std::vector<std::int64_t> ids;  // that the server gave; each copy has fresh ones in their place
};

struct Models {
    std::vector<std::string> statements;  // with ?1, ?2, ...; one may occur several times in a model
    std::vector<Model> models;
    std::map<std::string, std::size_t> rows;  // of the first model: rows inserted by table; "account", "rollup_..." are updates
};

// Of at most `most` conversions that earned, newest first. Only those that write as the newest does: the same statements in order.
Models read_models(SqliteFile& file, std::size_t most);

// Ids and texts of one copy. Numbers are never used twice, also by several runs on one database.
class Copy {
  public:
    explicit Copy(std::uint64_t number) : number_(number) {}
    void begin(Model const& model);  // takes as many numbers as the model has ids
    // `text` is the room for a text that is made.
    std::int64_t number(Cell const& cell) const;  // of a cell that holds a number
    std::string_view text(Cell const& cell, std::string& text) const;
    static bool is_number(Cell const& cell) { return std::holds_alternative<std::int64_t>(cell.value); }

  private:
    std::uint64_t number_;
    std::uint64_t first_ = 0;
    Model const* model_ = nullptr;
};

// Where numbering may begin in this run: the time, as the server's ids have it.
std::uint64_t first_number();

}  // namespace bench

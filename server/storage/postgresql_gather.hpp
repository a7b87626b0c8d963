// The rows of Tx::insert() on their way to PostgreSQL: gathered over the units of a batch, then one statement a table. [one thread at a
// time]
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "storage/postgresql_pipeline.hpp"
#include "storage/row_shape.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

class PostgresqlGather {
  public:
    void add(RowShape const& shape, std::span<Value const> row);
    bool empty() const { return order_.empty(); }
    void clear();
    template <class Test>
    bool any_of(Test test) const {
        return std::any_of(order_.begin(), order_.end(), [&](Rows const* rows) { return test(*rows->shape); });
    }
    // Hands over what is there as calls of the prepared statements that `name_of` gives, in the order in which the shapes came first.
    template <class NameOf, class Take>
    void move_out(NameOf name_of, Take take) {
        for (auto* rows : order_) take(call_of(*rows, name_of(*rows->shape)));
        clear();
    }

  private:
    struct Rows {
        RowShape const* shape = nullptr;
        std::int32_t count = 0;
        std::vector<std::string> columns;                            // elements of arrays in PostgreSQL's binary format
        std::vector<bool> has_null;
        std::unordered_map<std::string, std::size_t> known;          // of those that add: where the sums of a key stand
        std::vector<std::int64_t> sums;                              // of those that add: the columns behind the key, row by row
        void clear();
    };
    static void append(Rows& rows, std::size_t column, Value const& value);
    static bool add_to_known(Rows& rows, std::span<Value const> row);
    static PostgresqlCall call_of(Rows& rows, std::string name);

    std::vector<std::unique_ptr<Rows>> by_shape_;  // by RowShape::number()
    std::vector<Rows*> order_;                     // those with rows
};

}  // namespace partnerd::storage

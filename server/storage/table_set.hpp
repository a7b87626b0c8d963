// Tables whose rows somebody keeps in memory: Tx::changes_of().
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace partnerd::storage {

// Constant, and as long-lived as the program, like a RowShape.
class TableSet {
  public:
    TableSet(std::initializer_list<std::string_view> tables);
    std::size_t number() const { return number_; }  // 0, 1, ... over all sets
    std::vector<std::string_view> const& tables() const { return tables_; }

  private:
    std::size_t number_;
    std::vector<std::string_view> tables_;
};

}  // namespace partnerd::storage

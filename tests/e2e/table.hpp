// A CSV file as the tests read it: by other code than the server's, so that one checks the other. No quoted cells.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace partnerd::e2e {

class Table {
  public:
    // Plain or .gz. Throws std::runtime_error when it cannot be read or has a quote.
    static Table read(std::filesystem::path const& file);

    std::size_t size() const noexcept { return rows_.size(); }
    std::string const& at(std::size_t row, std::string_view column) const;  // throws when there is no such column

  private:
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace partnerd::e2e

// The lines of a tab-separated file, kept as one text. What a request template takes its columns from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

std::string read_file(std::string const& path);  // throws std::runtime_error with the path

class Rows {
  public:
    explicit Rows(std::string const& path);
    Rows(Rows const&) = delete;
    Rows& operator=(Rows const&) = delete;
    std::size_t size() const { return begins_.size(); }
    std::string_view line(std::size_t row) const;
    // Column `column` (from 1) of a row; empty when the line has fewer.
    std::string_view at(std::size_t row, std::size_t column) const;

  private:
    std::string text_;
    std::vector<std::size_t> begins_;
};

}  // namespace bench

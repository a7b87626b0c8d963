// The records that did not go in, as a CSV file: line, code, detail, record, in the order of the lines. One thread.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd::imports {

class RejectsWriter {
  public:
    // An empty path keeps nothing. Throws BrokenFile when the file cannot be written, also later.
    explicit RejectsWriter(std::string path);
    // What is not UTF-8 in `record` becomes U+FFFD. Answers come in any order: the row is held until settled_before(line + 1).
    void add(std::int64_t line, std::string_view code, std::string_view detail, std::string_view record);
    // No line below this one will be added any more.
    void settled_before(std::int64_t line);
    // Everything is on the disk; a file without rejects is taken away again.
    void finish();
    std::int64_t count() const noexcept { return count_; }

  private:
    void write(std::string const& text);

    std::string const path_;
    std::ofstream out_;
    std::int64_t count_ = 0, written_ = 0;
    std::multimap<std::int64_t, std::string> held_;
};

}  // namespace partnerd::imports

// The records that did not go in, as a CSV file: line, code, detail, record. In the order of the answers, which is nearly the
// file's. One thread.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd::imports {

class RejectsWriter {
  public:
    // An empty path keeps nothing. Throws BrokenFile when the file cannot be written, also later.
    explicit RejectsWriter(std::string path);
    // What is not UTF-8 in `record` becomes U+FFFD.
    void add(std::int64_t line, std::string_view code, std::string_view detail, std::string_view record);
    // Everything is on the disk; a file without rejects is taken away again.
    void finish();
    std::int64_t count() const noexcept { return count_; }

  private:
    void write(std::string const& text);

    std::string const path_;
    std::ofstream out_;
    std::int64_t count_ = 0;
};

}  // namespace partnerd::imports

// A file in memory that hands out its bytes in pieces, and may break at its end.
#pragma once

#include <algorithm>
#include <string>

#include "imports/byte_source.hpp"

namespace partnerd::imports {

class TextSource final : public ByteSource {
  public:
    explicit TextSource(std::string text, std::size_t piece = 1 << 20, bool breaks = false)
        : text_(std::move(text)), piece_(piece), breaks_(breaks) {}

    std::size_t read(std::span<char> into) override {
        auto const count = std::min({into.size(), piece_, text_.size() - at_});
        if (count == 0 && breaks_) throw BrokenFile("orders.csv.gz: at byte 7: the gzip stream ends too early; fetch the file again");
        std::copy_n(text_.data() + at_, count, into.data());
        at_ += count;
        return count;
    }
    std::uint64_t bytes_done() const override { return at_; }
    std::uint64_t bytes_total() const override { return text_.size(); }

  private:
    std::string const text_;
    std::size_t const piece_;
    bool const breaks_;
    std::size_t at_ = 0;
};

}  // namespace partnerd::imports

// The guard over a chunked body: chunk extensions and trailers are refused, and every byte counts, since Beast 1.81 bounds neither.
// Pure: no I/O. [any thread]
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd::http {

class ChunkGuard {
  public:
    explicit ChunkGuard(std::uint64_t body_limit) : limit_(body_limit) {}

    // Takes the next raw bytes; how many of them belong to this message (fewer than given only when it is done()).
    // Errors, after which the guard is of no more use: malformed_request, body_too_large.
    Result<std::size_t> take(std::string_view bytes);
    bool done() const noexcept { return state_ == State::done; }

  private:
    enum class State { size, size_lf, data, data_cr, data_lf, end_cr, end_lf, done };

    Status take_framing(char c);
    Status take_size(char c);
    Status begin_chunk();

    std::uint64_t limit_;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t framing_bytes_ = 0;
    std::uint64_t chunk_left_ = 0;
    int digits_ = 0;
    State state_ = State::size;
};

}  // namespace partnerd::http

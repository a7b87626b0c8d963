#include "http/chunks.hpp"

#include <algorithm>

namespace partnerd::http {

namespace {

constexpr int max_digits = 8;
// Tiny chunks are dear to parse: beyond this the sizes and line ends must not outweigh the body.
constexpr std::uint64_t free_framing_bytes = 16 * 1024;

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Error malformed(char const* detail) { return Error(errc::malformed_request, detail); }

}  // namespace

Result<std::size_t> ChunkGuard::take(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && state_ != State::done) {
        if (state_ == State::data) {
            auto const count = std::min<std::uint64_t>(chunk_left_, bytes.size() - taken);
            chunk_left_ -= count;
            taken += static_cast<std::size_t>(count);
            if (chunk_left_ == 0) state_ = State::data_cr;
            continue;
        }
        if (++framing_bytes_ > free_framing_bytes + body_bytes_) return Error(errc::body_too_large, "The chunks are too small");
        if (auto status = take_framing(bytes[taken]); !status) return status.error();
        ++taken;
    }
    return taken;
}

Status ChunkGuard::take_framing(char c) {
    auto const expect = [&](char wanted, State next, char const* detail) -> Status {
        if (c != wanted) return malformed(detail);
        state_ = next;
        return {};
    };
    switch (state_) {
        case State::size: return take_size(c);
        case State::size_lf: return c == '\n' ? begin_chunk() : Status(malformed("A chunk size must end with CR LF"));
        case State::data_cr: return expect('\r', State::data_lf, "A chunk is longer than its size");
        case State::data_lf: return expect('\n', State::size, "A chunk must end with CR LF");
        case State::end_cr: return expect('\r', State::end_lf, "Trailers are not taken");
        case State::end_lf: return expect('\n', State::done, "The last chunk must end with CR LF");
        case State::data:
        case State::done: break;
    }
    return malformed("The chunks are not well-formed");
}

Status ChunkGuard::take_size(char c) {
    if (c == '\r' && digits_ > 0) {
        state_ = State::size_lf;
        return {};
    }
    int const value = hex_value(c);
    if (value < 0) return malformed("A chunk size must be hexadecimal digits; chunk extensions are not taken");
    if (++digits_ > max_digits) return malformed("A chunk size has too many digits");
    chunk_left_ = chunk_left_ * 16 + static_cast<std::uint64_t>(value);
    return {};
}

Status ChunkGuard::begin_chunk() {
    digits_ = 0;
    if (chunk_left_ == 0) {
        state_ = State::end_cr;
        return {};
    }
    body_bytes_ += chunk_left_;
    if (body_bytes_ > limit_) return Error(errc::body_too_large);
    state_ = State::data;
    return {};
}

}  // namespace partnerd::http

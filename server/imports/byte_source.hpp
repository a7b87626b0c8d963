// Where a file's bytes come from. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace partnerd::imports {

// The file cannot be read further: it is not there, the disk failed, or a gzip stream is damaged or ends too early. The
// message names the file, the place in it and the way out.
class BrokenFile : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class ByteSource {
  public:
    virtual ~ByteSource() = default;
    // At least one byte, or 0 at the end. Throws BrokenFile.
    virtual std::size_t read(std::span<char> into) = 0;
    // Of the file as it lies on the disk, so compressed bytes: for progress. A size of 0 is unknown.
    virtual std::uint64_t bytes_done() const = 0;
    virtual std::uint64_t bytes_total() const = 0;
};

// A file, plain or gzip, told apart by its first two bytes; gzip members may follow each other. Throws BrokenFile.
std::unique_ptr<ByteSource> open_file(std::string const& path);

}  // namespace partnerd::imports

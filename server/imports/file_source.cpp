#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "imports/byte_source.hpp"

namespace partnerd::imports {

namespace {

class File {
  public:
    explicit File(std::string path) : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) fail(std::strerror(errno));
        struct stat found {};
        if (::fstat(descriptor_, &found) == 0 && S_ISREG(found.st_mode)) total_ = static_cast<std::uint64_t>(found.st_size);
    }
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    std::size_t read(std::span<char> into) {
        for (;;) {
            auto const got = ::read(descriptor_, into.data(), into.size());
            if (got >= 0) {
                done_ += static_cast<std::uint64_t>(got);
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR) fail(std::strerror(errno));
        }
    }
    [[noreturn]] void fail(std::string const& why) const { throw BrokenFile(path_ + ": " + why); }
    std::uint64_t done() const noexcept { return done_; }
    std::uint64_t total() const noexcept { return total_; }

  private:
    std::string const path_;
    int const descriptor_;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
};

// Reads ahead one block, which tells plain from gzip, and inflates.
class FileSource final : public ByteSource {
  public:
    explicit FileSource(std::string path) : file_(std::move(path)) {
        fill();
        // A pipe may hand out one byte first; a second look decides.
        if (size_ == 1) size_ += file_.read(std::span(block_).subspan(1));
        gzip_ = size_ >= 2 && block_[0] == '\x1f' && block_[1] == '\x8b';
        if (gzip_ && inflateInit2(&stream_, 15 + 16) != Z_OK) file_.fail("zlib cannot start");
    }
    ~FileSource() override {
        if (gzip_) inflateEnd(&stream_);
    }

    std::size_t read(std::span<char> into) override { return gzip_ ? read_gzip(into) : read_plain(into); }
    std::uint64_t bytes_done() const override { return file_.done() - (size_ - at_); }
    std::uint64_t bytes_total() const override { return file_.total(); }

  private:
    void fill() {
        at_ = 0;
        size_ = file_.read(block_);
    }

    std::size_t read_plain(std::span<char> into) {
        if (at_ == size_) fill();
        auto const count = std::min(into.size(), size_ - at_);
        std::copy_n(block_.data() + at_, count, into.data());
        at_ += count;
        return count;
    }

    std::size_t read_gzip(std::span<char> into) {
        for (;;) {
            if (at_ == size_) fill();
            bool const ended = at_ == size_;
            if (ended && !in_member_) return 0;
            // Without input too: zlib may still hold what did not fit before.
            if (auto const count = inflate_some(into); count > 0) return count;
            if (ended && in_member_) broken("the gzip stream ends too early; fetch the file again");
        }
    }

    std::size_t inflate_some(std::span<char> into) {
        if (!in_member_ && members_ > 0 && inflateReset(&stream_) != Z_OK) broken("zlib cannot go on");
        in_member_ = true;
        stream_.next_in = reinterpret_cast<Bytef*>(block_.data() + at_);
        stream_.avail_in = static_cast<uInt>(size_ - at_);
        stream_.next_out = reinterpret_cast<Bytef*>(into.data());
        stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30));
        auto const room = stream_.avail_out;
        auto const result = inflate(&stream_, Z_NO_FLUSH);
        at_ = size_ - stream_.avail_in;
        if (result == Z_STREAM_END) {
            in_member_ = false;
            ++members_;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            broken(members_ > 0 ? "there is something else behind the gzip stream" : "the gzip stream is damaged; fetch the file again");
        }
        return room - stream_.avail_out;
    }

    [[noreturn]] void broken(char const* why) const { file_.fail("at byte " + std::to_string(bytes_done()) + ": " + why); }

    File file_;
    std::array<char, 64 * 1024> block_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    bool gzip_ = false;
    bool in_member_ = false;
    int members_ = 0;
    z_stream stream_{};
};

}  // namespace

std::unique_ptr<ByteSource> open_file(std::string const& path) { return std::make_unique<FileSource>(path); }

}  // namespace partnerd::imports

#include "e2e/small_disk.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace partnerd::e2e {

namespace {

constexpr char const* size_option = "size=6m";

[[noreturn]] void fail(std::string const& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

void limit_files(pid_t process, rlim_t bytes) {
    rlimit limit{};
    if (::prlimit(process, RLIMIT_FSIZE, nullptr, &limit) != 0) fail("prlimit");
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    if (::prlimit(process, RLIMIT_FSIZE, &limit, nullptr) != 0) fail("prlimit");
}

}  // namespace

MountedDisk::MountedDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    if (::unshare(CLONE_NEWNS) != 0) fail("unshare");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) fail("mount --make-rprivate /");
    if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, size_option) != 0) fail("mount tmpfs");
}

MountedDisk::~MountedDisk() { ::umount2(folder_.c_str(), MNT_DETACH); }

void MountedDisk::fill(pid_t) {
    int const file = ::open((folder_ / "ballast").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) fail("the ballast");
    for (std::vector<char> block(4096, 'x'); ::write(file, block.data(), block.size()) > 0;) {}
    bool const is_full = errno == ENOSPC;
    ::close(file);
    if (!is_full) fail("the ballast");
}

void MountedDisk::make_room(pid_t) { std::filesystem::remove(folder_ / "ballast"); }

// A write behind the bound fails with EFBIG where the signal is ignored, which a child inherits.
LimitedFiles::LimitedFiles(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    ::signal(SIGXFSZ, SIG_IGN);
}

LimitedFiles::~LimitedFiles() { ::signal(SIGXFSZ, SIG_DFL); }

void LimitedFiles::fill(pid_t server) {
    std::uintmax_t largest = 0;
    for (auto const& file : std::filesystem::directory_iterator(folder_))
        if (file.is_regular_file()) largest = std::max(largest, file.file_size());
    limit_files(server, largest);
}

void LimitedFiles::make_room(pid_t server) { limit_files(server, RLIM_INFINITY); }

}  // namespace partnerd::e2e

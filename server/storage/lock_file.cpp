#include "storage/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "storage/tx.hpp"

namespace partnerd::storage {
namespace {

std::string holder_of(int descriptor) {
    char text[32];
    auto const size = ::pread(descriptor, text, sizeof text, 0);
    std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    pid.resize(std::min(pid.find_first_not_of("0123456789"), pid.size()));
    return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

LockFile::LockFile(std::string const& database_path) {
    auto const path = database_path + ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw Failure(Failure::Category::connection, "cannot make the lock file " + path + ": " + std::strerror(errno) +
                                                         "; the directory must exist and belong to the user that runs partnerd");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        auto const holder = holder_of(descriptor_);
        ::close(descriptor_);
        throw Failure(Failure::Category::state, "the database " + database_path + " is in use by " + holder + " (lock file " + path +
                                                    "); stop it first, or use a command that only reads");
    }
    // The file stays when the process ends: removing it would let two processes lock two files of one name.
    auto const pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) return;  // only the name in a message
}

LockFile::~LockFile() { ::close(descriptor_); }

}  // namespace partnerd::storage

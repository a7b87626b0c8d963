#include "storage/sqlite_storage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace partnerd::storage {
namespace {

// One name for one file, so that two ways to write its path meet at one lock.
std::string canonical(std::string const& path) {
    std::error_code error;
    auto const found = std::filesystem::weakly_canonical(path, error);
    return error ? path : found.string();
}

// It holds personal data: only its owner may read it, and the files that SQLite makes beside it inherit that.
void make_file(std::string const& path) {
    int const file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        throw Failure(Failure::Category::connection, "cannot open the database " + path + " for writing: " + std::strerror(errno));
    ::close(file);
    auto const folder = std::filesystem::path(path).parent_path().string();
    int const directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

}  // namespace

SqliteStorage::SqliteStorage(StorageSettings const& settings, std::string const& given) {
    auto const path = canonical(given);
    if (settings.read_only) {
        if (!std::filesystem::exists(path))
            throw Failure(Failure::Category::connection,
                          "there is no database " + path + "; `partnerd serve` makes it");
        readers_ = std::make_unique<SqliteReaders>(settings, path, nullptr);
        return;
    }
    lock_ = std::make_unique<LockFile>(path);
    make_file(path);
    writer_ = std::make_unique<SqliteWriter>(settings, path);
    readers_ = std::make_unique<SqliteReaders>(settings, path, &writer_->gate());
    writer_->start();
}

SqliteStorage::~SqliteStorage() {
    if (writer_ != nullptr) writer_->stop();
    readers_.reset();
    writer_.reset();
}

void SqliteStorage::add_stream(Stream& stream) {
    if (writer_ != nullptr) writer_->add_stream(stream);
}

void SqliteStorage::wake() {
    if (writer_ != nullptr) writer_->wake();
}

StorageStatistics SqliteStorage::statistics() const { return writer_ == nullptr ? StorageStatistics{} : writer_->statistics(); }

std::string SqliteStorage::trouble() const { return writer_ == nullptr ? std::string() : writer_->trouble(); }

}  // namespace partnerd::storage

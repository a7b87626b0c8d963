// What a program asked of its disk, in order: every write, and every promise that the disk made.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace partnerd::durability {

enum class FileKind { database, log, journal };

struct DiskEvent {
    enum class Kind {
        found,        // `bytes` were on the disk before anything else happened
        create,       // a new file; its name is durable behind the next sync_folder
        write,        // `bytes` at `at`
        truncate,     // to `at` bytes
        sync,         // of a file: what was written to it before event number `at` is durable
        failed_sync,  // what was written to it before event number `at` may never arrive, whatever is synced later
        remove,       // the name is gone; durable behind the next sync_folder
        sync_folder,  // the names are durable
    } kind = Kind::write;
    int file = 0;  // a number that a name gets anew when its file was removed
    FileKind of = FileKind::database;
    std::string name;  // without the folder
    std::int64_t at = 0;
    std::string bytes;
};

class DiskLog {
  public:
    // [any] A moment: the events below this number have happened.
    std::size_t now() const {
        std::lock_guard const lock(mutex_);
        return events_.size();
    }
    void add(DiskEvent event) {  // [any]
        std::lock_guard const lock(mutex_);
        events_.push_back(std::move(event));
    }
    std::deque<DiskEvent> const& events() const { return events_; }  // when nothing writes any more

  private:
    mutable std::mutex mutex_;
    std::deque<DiskEvent> events_;  // guarded by mutex_
};

}  // namespace partnerd::durability

// A SQLite VFS over the default one that writes down what it is asked to do, and fails on demand as a full or broken disk does.
// A sync takes the time of a fast disk's, so that units gather behind it.
#pragma once

#include <filesystem>

#include "durability/disk_log.hpp"

namespace partnerd::durability {

struct RecordingVfs {
    static constexpr char const* name = "partnerd_recording";
    // The databases, logs and journals of this folder from now on, until stop(). One recording at a time; nothing is open in the folder.
    static void start(DiskLog& log, std::filesystem::path const& folder);
    static void stop();

    enum class Fault {
        full,     // a write: half of it arrives
        no_sync,  // a sync: nothing of it holds
    };
    // [any] The first of that kind to the write-ahead log behind `after` others fails, and the `times` - 1 that follow.
    static void fail(Fault fault, int after, int times);
    static void heal();
    static int failures();  // since start()
};

}  // namespace partnerd::durability

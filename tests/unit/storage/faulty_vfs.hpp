// A SQLite VFS over the default one whose writes and syncs fail on demand, as those of a full or broken disk do.
#pragma once

namespace partnerd::storage {

struct FaultyVfs {
    static constexpr char const* name = "partnerd_faulty";
    static void install();  // once a process

    // The `at`-th write or sync from now on fails with `code` (an SQLite code); if `for_ever`, all behind it too.
    static void fail(int at, int code, bool for_ever);
    static void heal();
    static int failures();  // since fail()
};

}  // namespace partnerd::storage

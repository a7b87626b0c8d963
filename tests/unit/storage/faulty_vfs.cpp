#include "unit/storage/faulty_vfs.hpp"

#include <sqlite3.h>

#include <atomic>

namespace partnerd::storage {
namespace {

std::atomic<int> left_until_failure{-1}, failure_code{0}, failed{0};
std::atomic<bool> fails_for_ever{false};

int verdict() {
    if (left_until_failure.load() < 0) return SQLITE_OK;
    int const left = left_until_failure.fetch_sub(1) - 1;
    if (left > 0) return SQLITE_OK;
    left_until_failure.store(fails_for_ever.load() ? 1 : -1);
    failed.fetch_add(1);
    return failure_code.load();
}

struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }
sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }

int close(sqlite3_file* f) { return real(f)->pMethods == nullptr ? SQLITE_OK : real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* data, int size, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), data, size, at); }
int write(sqlite3_file* f, void const* data, int size, sqlite3_int64 at) {
    int const code = verdict();
    return code == SQLITE_OK ? real(f)->pMethods->xWrite(real(f), data, size, at) : code;
}
int truncate(sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); }
int sync(sqlite3_file* f, int flags) {
    int const code = verdict();
    return code == SQLITE_OK ? real(f)->pMethods->xSync(real(f), flags) : code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int kind) { return real(f)->pMethods->xLock(real(f), kind); }
int unlock(sqlite3_file* f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); }
int check_reserved(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), offset, n, flags); }
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

sqlite3_io_methods const methods{2,         close,          read,    write,       truncate,        sync,    file_size, lock,
                                 unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
                                 shm_unmap, nullptr,        nullptr};

int open(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out_flags) {
    real(file)->pMethods = nullptr;
    file->pMethods = nullptr;
    int const code = system_vfs()->xOpen(system_vfs(), name, real(file), flags, out_flags);
    if (code == SQLITE_OK) file->pMethods = &methods;
    return code;
}

}  // namespace

void FaultyVfs::install() {
    static sqlite3_vfs vfs = *system_vfs();
    static bool done = false;
    if (done) return;
    done = true;
    vfs.zName = name;
    vfs.pNext = nullptr;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 0);
}

void FaultyVfs::fail(int at, int code, bool for_ever) {
    failed.store(0);
    failure_code.store(code);
    fails_for_ever.store(for_ever);
    left_until_failure.store(at);
}

void FaultyVfs::heal() { left_until_failure.store(-1); }

int FaultyVfs::failures() { return failed.load(); }

}  // namespace partnerd::storage

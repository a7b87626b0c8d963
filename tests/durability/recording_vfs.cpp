#include "durability/recording_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

namespace partnerd::durability {
namespace {

using Kind = DiskEvent::Kind;

constexpr auto sync_time = std::chrono::microseconds(300);

// One fault at a time: counts down to it, then fails a few times.
struct Countdown {
    std::atomic<int> after{-1}, times{0};
    bool strikes() {
        if (after.load() < 0) return false;
        if (after.load() > 0) return after.fetch_sub(1), false;
        if (times.fetch_sub(1) > 1) return true;
        after.store(-1);
        return true;
    }
    void set(int new_after, int new_times) {
        times.store(new_times);
        after.store(new_after);
    }
};

std::mutex mutex;
DiskLog* disk_log = nullptr;         // guarded by mutex; constant while files are open
std::filesystem::path the_folder;    // likewise
std::map<std::string, int> numbers;  // guarded by mutex
int last_number = 0;                 // guarded by mutex
Countdown full, no_sync;
std::atomic<int> failed{0};

int (*real_open_directory)(char const*, int*) = nullptr;

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }

struct File {
    sqlite3_file base;
    int number;  // 0: not recorded
    FileKind of;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File& own(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return own(file).real(); }

void add(sqlite3_file* file, Kind kind, std::int64_t at, std::string bytes = {}) {
    if (own(file).number != 0) disk_log->add({kind, own(file).number, own(file).of, {}, at, std::move(bytes)});
}

int close(sqlite3_file* f) { return real(f)->pMethods == nullptr ? SQLITE_OK : real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* data, int size, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), data, size, at); }

int write(sqlite3_file* f, void const* data, int size, sqlite3_int64 at) {
    bool const fails = own(f).number != 0 && own(f).of == FileKind::log && full.strikes();
    int const arrives = fails ? size / 2 : size;
    int const code = real(f)->pMethods->xWrite(real(f), data, arrives, at);
    if (code == SQLITE_OK) add(f, Kind::write, at, {static_cast<char const*>(data), static_cast<std::size_t>(arrives)});
    if (fails) failed.fetch_add(1);
    return fails ? SQLITE_FULL : code;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
    int const code = real(f)->pMethods->xTruncate(real(f), size);
    if (code == SQLITE_OK) add(f, Kind::truncate, size);
    return code;
}

int sync(sqlite3_file* f, int flags) {
    if (own(f).number == 0) return real(f)->pMethods->xSync(real(f), flags);
    auto const before = static_cast<std::int64_t>(disk_log->now());
    if (own(f).of == FileKind::log && no_sync.strikes()) {
        add(f, Kind::failed_sync, before);
        failed.fetch_add(1);
        return SQLITE_IOERR_FSYNC;
    }
    std::this_thread::sleep_for(sync_time);
    int const code = real(f)->pMethods->xSync(real(f), flags);
    if (code == SQLITE_OK) add(f, Kind::sync, before);
    return code;
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

// Version 2: without memory maps, so that every byte comes by here.
sqlite3_io_methods const methods{2,         close,          read,    write,       truncate,        sync,    file_size, lock,
                                 unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
                                 shm_unmap, nullptr,        nullptr};

bool is_recorded(char const* path, int flags) {
    constexpr int kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    return path != nullptr && (flags & kinds) != 0 && disk_log != nullptr && std::filesystem::path(path).parent_path() == the_folder;
}

std::string content_of(char const* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int open(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* out_flags) {
    real(file)->pMethods = nullptr;
    file->pMethods = nullptr;
    std::lock_guard const guard(mutex);
    bool const recorded = is_recorded(path, flags);
    bool const was_there = recorded && std::filesystem::exists(path);
    int const code = system_vfs()->xOpen(system_vfs(), path, real(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    file->pMethods = &methods;
    own(file).number = 0;
    if (!recorded) return code;
    own(file).of = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? FileKind::database
                   : (flags & SQLITE_OPEN_WAL) != 0   ? FileKind::log
                                                      : FileKind::journal;
    auto const name = std::filesystem::path(path).filename().string();
    auto& number = numbers[name];
    if (number == 0 || !was_there) {
        number = ++last_number;
        disk_log->add(
            {was_there ? Kind::found : Kind::create, number, own(file).of, name, 0, was_there ? content_of(path) : std::string()});
    }
    own(file).number = number;
    return code;
}

int remove(sqlite3_vfs*, char const* path, int sync_folder) {
    auto const name = std::filesystem::path(path).filename().string();
    {
        std::lock_guard const guard(mutex);
        auto const known = numbers.find(name);
        if (known != numbers.end() && std::filesystem::path(path).parent_path() == the_folder) {
            disk_log->add({Kind::remove, known->second, FileKind::log, name, 0, {}});
            numbers.erase(known);
        }
    }
    return system_vfs()->xDelete(system_vfs(), path, sync_folder);
}

// The default VFS opens a folder for one purpose only: to sync it.
int open_directory(char const* path, int* descriptor) {
    int const code = real_open_directory(path, descriptor);
    if (code == SQLITE_OK && disk_log != nullptr && std::filesystem::path(path).parent_path() == the_folder)
        disk_log->add({Kind::sync_folder, 0, FileKind::database, {}, 0, {}});
    return code;
}

void install() {
    static sqlite3_vfs vfs = *system_vfs();
    if (real_open_directory != nullptr) return;
    vfs.zName = RecordingVfs::name;
    vfs.pNext = nullptr;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = open;
    vfs.xDelete = remove;
    auto* const system = system_vfs();
    real_open_directory = reinterpret_cast<int (*)(char const*, int*)>(system->xGetSystemCall(system, "openDirectory"));
    system->xSetSystemCall(system, "openDirectory", reinterpret_cast<sqlite3_syscall_ptr>(open_directory));
    sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

void RecordingVfs::start(DiskLog& log, std::filesystem::path const& folder) {
    install();
    std::lock_guard const guard(mutex);
    disk_log = &log;
    the_folder = std::filesystem::canonical(folder);
    numbers.clear();
    last_number = 0;
    failed.store(0);
}

void RecordingVfs::stop() {
    heal();
    std::lock_guard const guard(mutex);
    disk_log = nullptr;
}

void RecordingVfs::fail(Fault fault, int after, int times) { (fault == Fault::full ? full : no_sync).set(after, times); }

void RecordingVfs::heal() {
    full.set(-1, 0);
    no_sync.set(-1, 0);
}

int RecordingVfs::failures() { return failed.load(); }

}  // namespace partnerd::durability

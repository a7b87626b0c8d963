// The storage of a running server: units of work that write, snapshots that read. One implementation per dialect.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/tx.hpp"

namespace partnerd::storage {

enum class UnitState {
    committed,    // durable: fsynced, or acknowledged by PostgreSQL
    rolled_back,  // run() returned false or threw; nothing of it was kept, all its neighbours are as they should be
    failed,       // the storage failed; nothing of it was kept; run it again or answer 503
};
struct UnitResult {
    UnitState state = UnitState::committed;
    Failure::Category category = Failure::Category::none;  // why it failed: full, connection, timeout, ...
    std::string message;                                   // for the log, not for a client
    std::string sqlstate;                                  // five characters on PostgreSQL, where there is one
};

// A write unit. The caller owns it and keeps it alive until done() was called, which happens exactly once.
class Unit {
  public:
    virtual ~Unit() = default;
    // [write] The work. true keeps its rows, false rolls them back. It may be called again (conflict, a batch that the engine
    // ended), so it has no effect outside its transaction and begins by clearing what an earlier run left in the object.
    // Budget: StorageSettings::write_budget_ms. An exception rolls back and is reported: Refused as rolled_back, anything else as
    // rolled_back with its text.
    virtual bool run(Tx& tx) = 0;
    // [write] Before the first unit of a batch runs, on PostgreSQL: what it will read may be noted, so that it is read in one go with what the
    // others need. No statement, no effect, no exception.
    virtual void expect(Tx&) noexcept {}
    // [storage thread] After the commit is durable, or when it is known that nothing was kept. Must not block or throw.
    virtual void done(UnitResult const& result) noexcept = 0;
    // The program whose rows it writes; 0: none, or several. The units of a program run one after another, on all nodes. On PostgreSQL
    // they share a transaction, and what they write besides must be guarded by a unique key or by Tx::lock.
    virtual std::int64_t program() const { return 0; }
    // What PostgreSQL locks before BEGIN, where there is no program; empty for nothing.
    virtual std::string_view lock_key() const { return {}; }
    // Without budget and watch: for migrations and restores, before the server serves.
    virtual bool unbounded() const { return false; }
};

// A queue of small rows (clicks) that joins whatever batch is being committed.
class Stream {
  public:
    virtual ~Stream() = default;
    virtual bool pending() const = 0;                          // [any]
    // [write] Takes what waits, up to a limit of its own, and inserts it; on PostgreSQL the same again when there was no partition for it.
    virtual void write(Tx& tx) = 0;
    // [write] Nothing can be begun: takes what write() would have taken, for done() to tell that it failed.
    virtual void give_up() = 0;
    virtual void done(UnitResult const& result) noexcept = 0;  // [storage thread] for all that the last write() or give_up() took
};

struct StorageStatistics {
    std::int64_t batches = 0, units = 0, rolled_back = 0, failed = 0, rerun = 0, wal_bytes = 0, queued = 0, checkpoints = 0;
};

class WaitedUnit;

class Storage {
  public:
    virtual ~Storage() = default;  // finishes the units that wait, then closes
    virtual Dialect dialect() const = 0;
    virtual bool read_only() const { return false; }  // [any] opened beside another process that writes
    // [any] Queues a unit; returns false (and never calls done) when the queue is full or the storage is closing.
    [[nodiscard]] virtual bool submit(Unit& unit) = 0;
    // [main] Before the first submit. The stream outlives the storage.
    virtual void add_stream(Stream& stream) = 0;
    // [any] A stream has something.
    virtual void wake() = 0;
    // [worker] A snapshot opened now, on the calling thread, which may block for a free reader. `work` has 2 s; then statements
    // throw Failure(timeout). Reads see every unit whose done() was called before.
    virtual void read(std::function<void(Tx&)> const& work) = 0;
    // [worker] Submits and waits. Throws Failure when the storage failed, or what work threw; false when work returned false.
    // Failure(state) when nothing can be submitted, or from within a write handler.
    bool write(std::function<bool(Tx&)> const& work, std::string_view lock_key = {});
    bool write_in_program(std::int64_t program, std::function<bool(Tx&)> const& work);  // likewise, see Unit::program()
    // [main] The same without budget and watch: for migrations and restores.
    bool write_unbounded(std::function<bool(Tx&)> const& work, std::string_view lock_key = {});
    // [worker] PostgreSQL: one statement in a session of its own and outside of a transaction, for what cannot be in one. It gives up
    // after 2 s behind a lock, and after a minute. Throws Failure; on SQLite, and where nothing may be written, Failure(state).
    virtual void maintain(std::string_view sql);
    // [main] The process ends: a COMMIT waits no longer for a standby that is away; its units have failed.
    virtual void hurry() {}
    virtual StorageStatistics statistics() const = 0;
    // [any] A cheap test that the last batch went through: for /readyz. Empty, or what is wrong.
    virtual std::string trouble() const = 0;

  private:
    bool submit_and_wait(WaitedUnit& unit);
};

struct StorageSettings {
    std::string url;         // "sqlite:///var/lib/partnerd/partnerd.db" or "postgresql://user@host/name"
    bool read_only = false;  // for report and verify beside a running server: no writer, no lock file, submit() refuses
    int readers = 4;         // connections (SQLite readers; PostgreSQL readers)
    int writers = 8;         // PostgreSQL only
    std::size_t queue_max = 65536;
    std::size_t batch_max = 64;  // units
    int batch_ms = 5;            // at most, from the first unit taken
    std::int64_t wal_soft_bytes = 64 << 20, wal_hard_bytes = 1 << 30;
    std::int64_t max_bytes = 0;       // SQLite: the file grows no further, as on a full disk; 0: no bound
    int write_budget_ms = 50;         // processor time of a write handler; by the wall clock it may take ten times as long
    int read_budget_ms = 2000;        // the same of a reader; its SELECTs are interrupted
    int writer_hold_max_ms = 10'000;  // a unit that holds a writer longer ends the process; 0: never
    std::string vfs;                  // a SQLite VFS by name, for fault tests
};

// [write] Names what runs in the calling unit (a plugin's id), for the message when it holds the writer for too long.
void set_unit_label(std::string_view label);

// Opens, and takes the lock file <database>.lock on SQLite (Failure(state) naming the holder's pid otherwise).
std::unique_ptr<Storage> open_storage(StorageSettings const& settings);

// A numbered step of a schema; single statements per dialect; never edited once released.
struct Migration {
    std::uint32_t version = 0;
    std::string name;
    std::vector<std::string> sqlite, postgresql;
};
// Brings the tables of `owner` ("core" or a plugin id) to the newest version; each step in one transaction; remembers name and
// checksum, and refuses (Failure(state)) a released step that was edited or a database newer than the program. On a read-only storage:
// applies nothing, and refuses when a step is missing. A plugin's steps may create and alter only tables that begin with its id and '_'.
// Returns how many steps it applied.
int migrate(Storage& storage, std::string_view owner, std::vector<Migration> const& migrations);

}  // namespace partnerd::storage

// Programs and the plugins they enable, in memory: what the router asks for each request. A snapshot is swapped after every
// committed change. [any]
#pragma once

#include <atomic>
#include <memory>
#include <set>

#include "programs/program.hpp"

namespace partnerd::programs {

class Directory {
  public:
    // [worker] Reads everything anew.
    void load(storage::Storage& storage);
    // [worker] Reads one program anew: another server changed it.
    void reload(storage::Storage& storage, Id program);
    // [write] A listener of the change feed: the snapshot follows after the commit.
    void changed(storage::Tx& tx, Id program);

    Id find(std::string_view handle_or_id) const;  // 0: unknown
    bool has_plugin(Id program, std::string_view plugin) const;
    std::string handle_of(Id program) const;  // empty: unknown

  private:
    struct Row {
        std::string handle;
        std::int64_t version = 0;  // of the program: an older row never replaces a newer one, whichever comes last
        std::set<std::string, std::less<>> plugins;
    };
    struct Snapshot {
        std::map<Id, Row> rows;
        std::map<std::string, Id, std::less<>> by_handle;
    };
    static Row read_row(storage::Tx& tx, Program const& program);
    void merge(std::map<Id, Row> const& rows);
    std::shared_ptr<Snapshot const> snapshot() const { return std::atomic_load(&snapshot_); }
    std::shared_ptr<Snapshot const> snapshot_ = std::make_shared<Snapshot>();
};

}  // namespace partnerd::programs

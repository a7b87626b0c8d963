// A disk that can lose its power: what may be on it at a moment of a recording, when all it promised holds and nothing else does.
#pragma once

#include <iosfwd>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "durability/disk_log.hpp"

namespace partnerd::durability {

using Random = std::mt19937_64;
using Files = std::map<std::string, std::string>;  // what is on the disk, by name

// What becomes of that which was written and not yet synced. Each sector has an older or a newer content of its own; what a sector
// held and nobody wrote is never touched.
struct Loss {
    enum class Keeps { nothing, all, a_beginning, half, most, few, any_state } keeps = Keeps::nothing;
    std::size_t sector = 512;
    bool torn = false;     // the last write to a sector may have stopped in the middle of it
    bool garbage = false;  // what was never written is not zero
};
Loss draw_loss(Random& random);
std::ostream& operator<<(std::ostream& out, Loss const& loss);

class Disk {
  public:
    // What it says it made durable, and did not.
    struct Lies {
        bool database = false, log = false, folder = false;
    };
    explicit Disk(Lies lies) : lies_(lies) {}

    void happen(DiskEvent const& event, std::size_t number);  // in order; the event outlives the disk
    Files after_power_cut(Loss const& loss, Random& random) const;

  private:
    struct Waiting {  // not synced
        std::size_t number;
        DiskEvent const* event;
    };
    struct File {
        FileKind of = FileKind::database;
        std::string durable;
        std::vector<Waiting> waiting;
    };
    static void write_to(File& file, DiskEvent const& event);
    void sync(DiskEvent const& event);
    void forget(DiskEvent const& event);
    void sync_folder();
    static std::string content(File const& file, Loss const& loss, std::size_t beginning, Random& random);
    static void rename_in(std::map<std::string, int>& names, DiskEvent const& event);

    Lies const lies_;
    std::map<int, File> files_;
    std::map<std::string, int> names_;       // durable
    std::vector<DiskEvent const*> changes_;  // of names, not synced
    std::size_t happened_ = 0;
};

}  // namespace partnerd::durability

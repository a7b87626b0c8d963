#include "storage/postgresql_timeline.hpp"

#include <map>
#include <mutex>

#include "storage/tx.hpp"

namespace partnerd::storage {
namespace {

// Of the process, since a connection is opened by many threads and for several storages.
struct Newest {
    std::mutex mutex;
    std::map<std::string, std::string> timelines;  // by cluster
};
Newest& newest() {
    static Newest found;
    return found;
}

}  // namespace

void refuse_former_primary(std::string const& cluster, std::string_view timeline, std::string const& shown) {
    if (timeline.empty()) return;
    auto& [mutex, timelines] = newest();
    std::lock_guard const lock(mutex);
    auto& latest = timelines[cluster];
    if (timeline < latest)
        throw Failure(Failure::Category::connection, shown + " leads to a former primary: it is on timeline " + std::string(timeline) + ", and this server has written to timeline " + latest +
                                                         "; stop it, and start it again as a standby of the new primary");
    latest = timeline;
}

}  // namespace partnerd::storage

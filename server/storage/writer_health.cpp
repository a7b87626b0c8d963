#include "storage/writer_health.hpp"

#include "logging/log.hpp"

namespace partnerd::storage {

namespace {
constexpr std::chrono::seconds long_wait{5}, last_wait{1};
constexpr char const* commits_wait = "commits wait for the database; is its synchronous standby away?";
}

void WriterHealth::count(UnitResult const& result) {
    units_.fetch_add(1);
    if (result.state == UnitState::rolled_back) rolled_back_.fetch_add(1);
    if (result.state == UnitState::failed) failed_.fetch_add(1);
}

StorageStatistics WriterHealth::statistics() const {
    StorageStatistics out;
    out.batches = batches_.load();
    out.units = units_.load();
    out.rolled_back = rolled_back_.load();
    out.failed = failed_.load();
    out.rerun = rerun_.load();
    return out;
}

CommitWait::~CommitWait() {
    if (counted_) health_.waiting_.fetch_sub(1);
}

bool CommitWait::goes_on() {
    auto const waited = SteadyClock::now() - began_;
    if (!counted_ && waited > long_wait) {
        counted_ = true;
        if (health_.waiting_.fetch_add(1) == 0) logging::warn(commits_wait);
    }
    if (!health_.hurried_ || waited < last_wait) return true;
    health_.gave_up_ = true;
    return false;
}

Failure commit_given_up() { return Failure(Failure::Category::timeout, "the process ends, and the database does not end a COMMIT"); }

void WriterHealth::set_trouble(std::string text) {
    std::lock_guard lock(mutex_);
    trouble_ = std::move(text);
}

std::string WriterHealth::trouble() const {
    if (waiting_ > 0) return commits_wait;
    std::lock_guard lock(mutex_);
    return trouble_;
}

}  // namespace partnerd::storage

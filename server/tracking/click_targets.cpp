#include "tracking/click_targets.hpp"

#include <mutex>
#include <utility>

namespace partnerd::tracking {

namespace {
constexpr std::size_t targets_max = 1'000'000, known_max = 20'000;

std::shared_ptr<ClickTarget const> read_target(storage::Tx& tx, Id id) {
    auto const link = programs::find_link(tx, id);
    if (!link) return nullptr;
    auto const program = programs::find_program(tx, link->program);
    auto const enrollment = programs::find_enrollment(tx, link->program, link->enrollment);
    auto const partner = programs::find_partner(tx, link->partner);
    if (!program || !enrollment || !partner) return nullptr;
    bool const in_pilot = program->status != "pilot" || programs::is_pilot_partner(tx, program->id, partner->id);
    bool const tracks = program->tracks() && in_pilot && partner->earns() && enrollment->status == "active" && !link->stopped;
    return std::make_shared<ClickTarget>(ClickTarget{program->id, link->id, partner->id, program->zone, link->subs, tracks});
}
}  // namespace

std::shared_ptr<ClickTarget const> ClickTargets::load(storage::Tx& tx, Id link) {
    std::uint64_t generation = 0;
    {
        std::shared_lock const lock(mutex_);
        generation = generation_;
    }
    auto target = read_target(tx, link);
    if (!target) return nullptr;
    std::unique_lock const lock(mutex_);
    auto& kept = generation == generation_ ? targets_ : former_.front();
    if (kept.size() >= targets_max) kept.clear();
    return kept[link] = std::move(target);
}

std::atomic<std::uint64_t> ClickTargets::instances{0};

ClickTargets::Known& ClickTargets::known() noexcept {
    static thread_local Known known;
    return known;
}

std::shared_ptr<ClickTarget const> ClickTargets::find(Id link) const {
    auto& mine = known();
    auto const generation = generation_.load(std::memory_order_acquire);
    if (mine.instance != instance_ || mine.generation != generation || mine.targets.size() >= known_max) {
        mine.targets.clear();
        mine.instance = instance_;
        mine.generation = generation;
    }
    if (auto const found = mine.targets.find(link); found != mine.targets.end()) return found->second;
    std::shared_lock const lock(mutex_);
    if (auto const found = targets_.find(link); found != targets_.end()) {
        if (generation_.load(std::memory_order_relaxed) == generation) mine.targets.emplace(link, found->second);
        return found->second;
    }
    for (auto const& kept : former_)
        if (auto const found = kept.find(link); found != kept.end()) return found->second;
    return nullptr;
}

void ClickTargets::clear() {
    Map oldest;  // ends when nobody waits any more
    std::unique_lock const lock(mutex_);
    ++generation_;
    if (targets_.empty()) return;
    oldest = std::exchange(former_[1], std::exchange(former_[0], std::exchange(targets_, {})));
}

}  // namespace partnerd::tracking

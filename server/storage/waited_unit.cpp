#include "storage/waited_unit.hpp"

namespace partnerd::storage {

bool WaitedUnit::run(Tx& tx) {
    thrown_ = nullptr;
    try {
        return work_(tx);
    } catch (...) {
        thrown_ = std::current_exception();
        throw;
    }
}

void WaitedUnit::done(UnitResult const& result) noexcept {
    std::lock_guard lock(mutex_);
    result_ = result;
    is_done_ = true;
    done_.notify_all();  // under the lock: the waiting thread owns this object
}

bool WaitedUnit::wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return is_done_; });
    if (result_.state == UnitState::committed) return true;
    if (result_.state == UnitState::failed) throw Failure(result_.category, result_.message, result_.sqlstate);
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
    if (result_.category != Failure::Category::none) throw Failure(result_.category, result_.message, result_.sqlstate);
    return false;
}

}  // namespace partnerd::storage
